"""Files that people take away: a workbook of lists in each language, and what a CRM reads in."""
