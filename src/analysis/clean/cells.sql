{# How one text cell is read: the macros that order lines and optional tables share.

   Casts are guarded by a full-match pattern, because the engines' own casts accept different texts.
   A number is read as a double and rounded to an integer at once: exact up to 11 digits before the point. #}
{% set blank = "(|-|--|—|/|NULL|null|Null|NaN|nan|#N/A|#NULL!|N/A)" %}

{# A text without the spaces at its ends; null where it says that nothing is there. Few cells need either. #}
{% set nothing = "NULL|null|NaN|nan|#N/A" %}
{% set nobody = "NULL|null|NaN|nan|#N/A|-|--|—|/|N/A|无|未知|不详" %}
{% macro text(column, words = nothing) %}CASE WHEN NOT {{ untidy(column, words) }} AND {{ column }} <> '' THEN {{ column }}
  {% for word in ("|" ~ words).split("|") %}WHEN {{ trimmed(column) }} = '{{ word }}' THEN NULL {% endfor %}ELSE {{ trimmed(column) }} END{% endmacro %}
{% macro capital(column) %}CASE WHEN {{ part(column, "[a-z]", 0) }} <> ''
  THEN translate({{ text(column) }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') ELSE {{ text(column) }} END{% endmacro %}

{# A cell that is not a plain number already: full-width signs, currency, thousands, brackets. translate() is slow. #}
{% macro narrow(column) %}CASE WHEN {{ matches(column, "[ -~¥€£元圆]*") }} THEN {{ column }}
   ELSE translate({{ column }}, '０１２３４５６７８９．，－−–（）￥＄％＋　', '0123456789.,---()¥$%+ ') END{% endmacro %}
{% macro bare(column) %}{{ without("(" ~ narrow("upper(" ~ column ~ ")") ~ ")",
   "[    \\x27¥$€£元圆]|CNY|RMB|USD|EUR|GBP|HKD|JPY|NT") }}{% endmacro %}

{% macro ungrouped(column) %}CASE WHEN file_no IN ({{ comma_files }}) THEN replace(replace({{ column }}, '.', ''), ',', '.')
   WHEN {{ matches(column, "[+(-]*[0-9]{1,3}(,[0-9]{2,4})+([.][0-9]*)?[)%-]?") }} THEN replace({{ column }}, ',', '')
   ELSE {{ column }} END{% endmacro %}

{# Numbers as most exports write them; the others go on to `signed`. #}
{% macro usual(column) %}CASE
   WHEN file_no IN ({{ comma_files }}) THEN NULL
   WHEN {{ matches(column, "-?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ column }} AS DOUBLE)
   WHEN {{ matches(column, "[¥$€£ ]?[0-9]{1,3}(,[0-9]{2,4}){0,2}([.][0-9]{0,20})? ?|[¥$€£ ][0-9]{1,11}([.][0-9]{0,20})? ?") }}
     THEN CAST({{ without(column, "[¥$€£ ,]") }} AS DOUBLE)
   WHEN {{ matches(column, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ column }}, '%', '') AS DOUBLE) / 100 END{% endmacro %}

{% macro signed(cell) %}CASE
   WHEN {{ matches(cell, "[+]?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST(replace({{ cell }}, '+', '') AS DOUBLE)
   WHEN {{ matches(cell, "-[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ cell }} AS DOUBLE)
   WHEN {{ matches(cell, "[(][0-9]{1,11}([.][0-9]{0,20})?[)]|[0-9]{1,11}([.][0-9]{0,20})?-") }} THEN -CAST({{ without(cell, "[()-]") }} AS DOUBLE)
   WHEN {{ matches(cell, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ cell }}, '%', '') AS DOUBLE) / 100
   WHEN {{ matches(cell, "-?[0-9]([.][0-9]{1,20})?E[+-]?(0?[0-9]|10)") }} THEN CAST({{ cell }} AS DOUBLE)
   END{% endmacro %}

{% macro number(column) %}coalesce({{ usual(column) }}, {{ signed("(" ~ ungrouped("(" ~ bare(column) ~ ")") ~ ")") }}){% endmacro %}

{% macro scaled(value, factor) %}CASE WHEN abs({{ value }}) * {{ factor }} < 9e15 THEN CAST(round({{ value }} * {{ factor }}) AS BIGINT) END{% endmacro %}

{# The day part of a cell as ISO text. Two-digit years belong to the century from 1970 to 2069. #}
{% macro year(digits) %}CASE WHEN length({{ digits }}) = 4 THEN {{ digits }} WHEN {{ digits }} < '70' THEN '20' || {{ digits }} ELSE '19' || {{ digits }} END{% endmacro %}
{% macro iso(year_, month_, day_) %}({{ year_ }} || '-' || lpad({{ month_ }}, 2, '0') || '-' || lpad({{ day_ }}, 2, '0')){% endmacro %}
{% macro month_number(name) %}CAST({{ whole("instr('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', upper(" ~ name ~ ")) + 2", "3") }} AS STRING){% endmacro %}
{% set ymd = "([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([ T].*)?" %}
{% set dmy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})([ T].*)?" %}
{% set xxy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})([ T].*)?" %}

{% macro dashed(cell) %}replace(replace(replace(replace({{ cell }}, '/', '-'), '年', '-'), '月', '-'), '日', ''){% endmacro %}
{# A usual ISO day costs least, and is looked for first. #}
{% macro day_of(cell) %}CASE
  WHEN {{ matches(cell, "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?") }} THEN {{ to_date("substr(" ~ cell ~ ", 1, 10)") }}
  WHEN {{ matches(cell, "[0-9]{4}[/年][0-9]{1,2}[/月][0-9]{1,2}日?") }} THEN {{ to_date(dashed(cell)) }}
  WHEN {{ matches(cell, ymd) }} THEN {{ to_date(arranged(cell, ymd, "1-2-3")) }}
  WHEN {{ matches(cell, "(19|20)[0-9]{6}([0-9]{4}|[0-9]{6})?([.]0)?") }}
    THEN {{ to_date(iso("substr(" ~ cell ~ ", 1, 4)", "substr(" ~ cell ~ ", 5, 2)", "substr(" ~ cell ~ ", 7, 2)")) }}
  WHEN {{ matches(cell, "[０-９]{4}[-/.年－／．][０-９]{1,2}[-/.月－／．][０-９]{1,2}日?") }}
    THEN {{ to_date(arranged("translate(" ~ cell ~ ", '０１２３４５６７８９－／．', '0123456789-/.')", ymd, "1-2-3")) }}
  WHEN file_no IN ({{ day_first_files }}) AND {{ matches(cell, dmy) }} THEN {{ to_date(arranged(cell, dmy, "3-2-1")) }}
  WHEN file_no IN ({{ month_first_files }}) AND {{ matches(cell, dmy) }} THEN {{ to_date(arranged(cell, dmy, "3-1-2")) }}
  WHEN file_no IN ({{ day_first_files }}) AND {{ matches(cell, xxy) }}
    THEN {{ to_date(iso(year(part(cell, xxy, 3)), part(cell, xxy, 2), part(cell, xxy, 1))) }}
  WHEN file_no IN ({{ month_first_files }}) AND {{ matches(cell, xxy) }}
    THEN {{ to_date(iso(year(part(cell, xxy, 3)), part(cell, xxy, 1), part(cell, xxy, 2))) }}
  WHEN {{ matches(cell, "[2-7][0-9]{4}([.][0-9]+)?") }} THEN {{ from_serial("floor(CAST(" ~ cell ~ " AS DOUBLE))") }}
  WHEN {{ matches(cell, "[0-9]{1,2}[ -][A-Za-z]{3,9}[ ,-]+[0-9]{4}.*") }} THEN {{ named_day(cell, part(cell, "^([0-9]{1,2})", 1)) }}
  WHEN {{ matches(cell, "[A-Za-z]{3,9} [0-9]{1,2}[ ,]+[0-9]{4}.*") }} THEN {{ named_day(cell, part(cell, "^[A-Za-z]+ ([0-9]{1,2})", 1)) }}
  END{% endmacro %}
{% macro named_day(cell, day) %}{{ to_date(iso(part(cell, "([0-9]{4})", 1), month_number(part(cell, "([A-Za-z]{3})", 1)), day)) }}{% endmacro %}
{% macro hour_of(cell) %}CASE
  WHEN instr({{ cell }}, ':') > 0 AND {{ matches(cell, ".*[0-9日][ T]([01]?[0-9]|2[0-3]):[0-5][0-9].*") }}
    THEN CAST({{ part(cell, "[ T]([0-9]{1,2}):", 1) }} AS BIGINT)
      + CASE WHEN {{ matches(cell, ".*[ 0-9][Pp][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} <> '12' THEN 12
             WHEN {{ matches(cell, ".*[ 0-9][Aa][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} = '12' THEN -12 ELSE 0 END
  END{% endmacro %}

{# What a cell says about its file: a day that could be meant either way, and the sign before the decimals. #}
{% macro first_part(cell) %}CAST({{ part(cell, "^([0-9]{1,2})", 1) }} AS INTEGER){% endmacro %}
{% macro second_part(cell) %}CAST({{ part(cell, "^[0-9]{1,2}[-/.]([0-9]{1,2})", 1) }} AS INTEGER){% endmacro %}
{% macro decimal_comma(cell) %}CASE WHEN {{ matches(cell, ".*[0-9],[0-9]{1,2}[^0-9,.]*") }} THEN 1 ELSE 0 END{% endmacro %}
{% macro decimal_point(cell) %}CASE WHEN {{ matches(cell, ".*[0-9][.]([0-9]{1,2}|[0-9]{4,})[^0-9,.]*|.*[0-9],[0-9]{3}[.].*") }} THEN 1 ELSE 0 END{% endmacro %}
