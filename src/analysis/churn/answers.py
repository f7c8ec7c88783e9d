"""Answers to surveys: who is not satisfied, by one rule for all instruments.

Not satisfied is a score of at most three fifths of the best possible one. Of a recommendation from 0 to 10 those are the
detractors, 0 to 6 (Reichheld 2003, Harvard Business Review 81(12), 46-54); of satisfaction from 1 to 5 all below the two top boxes
(Farris, Bendle, Pfeifer & Reibstein 2010, Marketing Metrics, 2nd ed., section 2.8); of ease from 1 to 7 all who do not agree that it
was made easy, 1 to 4 (Dixon, Toman & DeLisi 2013, The Effortless Experience). The best possible score is the highest one, as the
table has it: answers in which less effort is a smaller number are to be turned round before. A recommendation without a scale is out
of ten, as it is defined; any other without one, or outside of it, tells nothing. Who did not answer is neither.
"""

from __future__ import annotations

NEEDS = "surveys.score, surveys.scale_max"
SCALE = "coalesce(scale_max, CASE WHEN instrument = 'nps' THEN 10 END)"
TOLD = f"instrument IN ('nps', 'csat', 'ces') AND {SCALE} > 0 AND score BETWEEN 0 AND {SCALE}"
# Of several answers the last one; of several on its day, one that is not satisfied. Ten characters are the day.
LAST_UNSATISFIED = f"substr(max(CAST(CAST(date AS DATE) AS STRING) || CASE WHEN 5 * score <= 3 * {SCALE} THEN '1' ELSE '0' END), 11)"
