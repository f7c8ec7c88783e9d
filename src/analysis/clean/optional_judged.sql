{# One optional table: every text cell becomes a value or null, and every row that does not count gets its rule.

   A cell that cannot be read is kept in <column>_seen and stays empty. A day after as_of, unless it is planned, is not
   known yet: it stays empty too, with what became known on it. Of the rows with one key one counts. #}
{% from "clean/cells.sql" import blank, day_of, iso, number, scaled, text with context %}
{% set month = "((?:19|20)[0-9]{2})[-/.年]?(0?[1-9]|1[0-2])(?:[.]0|月|月份)?" %}
{% set quarter = "((?:19|20)[0-9]{2})[-/.年 ]?[Qq]([1-4])" %}
{% set typed = ("money", "float", "ratio", "int", "period", "date", "datetime", "bool") %}

{# A day; where the table is one of months, a month is its first day. #}
{% macro day_or_month(cell) %}{% if monthly %}CASE WHEN {{ matches(cell, month) }}
      THEN {{ to_date(iso(part(cell, "^" ~ month ~ "$", 1), part(cell, "^" ~ month ~ "$", 2), "'01'")) }}
      ELSE {{ day_of(cell) }} END{% else %}{{ day_of(cell) }}{% endif %}{% endmacro %}
{# Minutes after midnight: from 14:05, 2:05 PM, or the part of a day that a spreadsheet stores; none where there is no time. #}
{% macro clock(cell) %}CASE
      WHEN {{ matches(cell, ".*[0-9日][ T]([01]?[0-9]|2[0-3]):[0-5][0-9].*") }} THEN
        CAST({{ part(cell, "[ T]([0-9]{1,2}):[0-5][0-9]", 1) }} AS BIGINT) * 60 + CAST({{ part(cell, "[ T][0-9]{1,2}:([0-5][0-9])", 1) }} AS BIGINT)
        + CASE WHEN {{ matches(cell, ".*[ 0-9][Pp][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} <> '12' THEN 720
               WHEN {{ matches(cell, ".*[ 0-9][Aa][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} = '12' THEN -720 ELSE 0 END
      WHEN {{ matches(cell, "[2-7][0-9]{4}[.][0-9]+") }}
        THEN least(CAST(round((CAST({{ cell }} AS DOUBLE) - floor(CAST({{ cell }} AS DOUBLE))) * 1440) AS BIGINT), 1439)
      ELSE 0 END{% endmacro %}
{% macro two(number) %}lpad(CAST({{ number }} AS STRING), 2, '0'){% endmacro %}
{% macro moment_of(day, minute) %}{{ to_moment("(CAST(" ~ day ~ " AS STRING) || ' ' || " ~ two(whole(minute, "60")) ~ " || ':' || "
      ~ two(minute ~ " - 60 * " ~ whole(minute, "60")) ~ " || ':00')") }}{% endmacro %}
{% macro period_of(cell) %}CASE
      WHEN {{ matches(cell, "(19|20)[0-9]{2}([.]0+)?(年|年度)?") }} THEN substr({{ cell }}, 1, 4)
      WHEN {{ matches(cell, month) }} THEN {{ part(cell, "^" ~ month ~ "$", 1) }} || '-' || lpad({{ part(cell, "^" ~ month ~ "$", 2) }}, 2, '0')
      WHEN {{ matches(cell, quarter) }} THEN {{ part(cell, "^" ~ quarter ~ "$", 1) }} || '-Q' || {{ part(cell, "^" ~ quarter ~ "$", 2) }}
      ELSE substr(CAST({{ day_or_month(cell) }} AS STRING), 1, 7) END{% endmacro %}
{% macro yes_or_no(cell) %}CASE WHEN lower({{ cell }}) IN ('1', '1.0', 'true', 't', 'yes', 'y', '是', '对', '有', '√') THEN true
      WHEN lower({{ cell }}) IN ('0', '0.0', 'false', 'f', 'no', 'n', '否', '不', '无', '×') THEN false END{% endmacro %}
{% macro identity(cell) %}CASE WHEN {{ matches(cell, "[0-9]+[.]0") }} THEN {{ without(cell, "[.]0$") }} ELSE {{ text(cell) }} END{% endmacro %}
{% macro word_of(cell, words) %}CASE lower({{ cell }}){% for written, word in words %} WHEN {{ written }} THEN {{ word }}{% endfor %} ELSE {{ text(cell) }} END{% endmacro %}
{% macro by_file(factors) %}{% if factors %}(CASE{% for no, factor in factors %} WHEN file_no = {{ no }} THEN CAST({{ factor }} AS DOUBLE){% endfor %} ELSE CAST(1 AS DOUBLE) END){% else %}CAST(1 AS DOUBLE){% endif %}{% endmacro %}
{% macro share_of(column) %}({{ column.name }}_read * CASE WHEN instr({{ column.name }}_cell, '%') > 0 THEN CAST(1 AS DOUBLE) ELSE {{ by_file(column.factors) }} END){% endmacro %}
{% macro value_of(column) %}
{% set cell = column.name ~ "_cell" %}
{% if column.kind in ("money", "float", "ratio", "int") %}{{ number(cell) }}
{% elif column.kind == "period" %}{{ period_of(cell) }}
{% elif column.kind in ("date", "datetime") %}{{ day_or_month(cell) }}
{% elif column.kind == "bool" %}{{ yes_or_no(cell) }}
{% elif column.kind == "identity" %}{{ identity(cell) }}
{% elif column.kind == "word" %}{{ word_of(cell, column.words) }}
{% else %}{{ text(cell) }}{% endif %}{% endmacro %}
WITH cells AS (
  SELECT file_no, row_no{% for column in columns %}, {{ trimmed(column.name) }} AS {{ column.name }}_cell{% endfor %}

  FROM optional_rows
),
valued AS (
  SELECT *{% for column in columns %},
    {{ value_of(column) | trim }} AS {{ column.name }}_read{% endfor %}

  FROM cells
),
fitted AS (
  SELECT file_no, row_no
{% for column in columns %}
{% set read = column.name ~ "_read" %}
    , {% if column.kind == "money" %}{{ scaled(read, "(" ~ by_file(column.factors) ~ " * 10000)") }}
      {% elif column.kind == "ratio" %}CASE WHEN {{ share_of(column) }} BETWEEN 0 AND 1 THEN {{ share_of(column) }} END
      {% elif column.kind == "float" %}{{ read }} * {{ by_file(column.factors) }}
      {% elif column.kind == "int" %}CASE WHEN {{ read }} = round({{ read }}) AND abs({{ read }}) < 9e15 THEN CAST({{ read }} AS BIGINT) END
      {% elif column.kind == "datetime" %}CASE WHEN {{ read }} IS NOT NULL THEN {{ moment_of(read, "(" ~ clock(column.name ~ "_cell") ~ ")") }} END
      {% else %}{{ read }}{% endif %} AS {{ column.stored }}
    {% if column.kind in typed %}, {{ column.name }}_cell{% endif +%}
{% endfor %}
  FROM valued
),
known AS (
  SELECT file_no, row_no
{% for column in columns %}
{% set late = [] %}
{% if column.is_known_later %}{% set late = [column.stored] %}{% elif column.told_with %}{% set late = [column.told_with] %}{% endif %}
    , {% if late %}CASE WHEN {{ late[0] }} IS NULL OR CAST({{ late[0] }} AS DATE) <= {{ as_of }} THEN {{ column.stored }} END{% else %}{{ column.stored }}{% endif %} AS {{ column.stored }}
{% if column.is_known_later %}
    , CASE WHEN CAST({{ column.stored }} AS DATE) > {{ as_of }} THEN CAST(CAST({{ column.stored }} AS DATE) AS STRING) END AS {{ column.name }}_later
{% endif %}
{% if column.kind in typed %}
    , CASE WHEN {{ column.stored }} IS NULL AND NOT {{ matches("coalesce(" ~ column.name ~ "_cell, '')", blank) }}
{% if column.kind == "bool" %}
      AND lower({{ column.name }}_cell) NOT IN ('unknown', '未知', '不详', '不清楚')
{% endif %}
      THEN substr({{ column.name }}_cell, 1, {{ shown_characters }}) END AS {{ column.name }}_seen
{% endif %}
{% endfor %}
    , {% if not dated %}CAST(NULL AS DATE){% elif dated == "period" %}{{ to_date(
        "(substr(period, 1, 4) || '-' || CASE WHEN length(period) = 4 THEN '01' WHEN substr(period, 6, 1) = 'Q' "
        ~ "THEN lpad(CAST(CAST(substr(period, 7, 1) AS INTEGER) * 3 - 2 AS STRING), 2, '0') ELSE substr(period, 6, 2) END || '-01')") }}
      {% else %}CAST({{ dated }} AS DATE){% endif %} AS known_on
  FROM fitted
),
first_rules AS (
  SELECT *, CASE
{% for column in needed %}
      WHEN {{ column }} IS NULL THEN 'incomplete'
{% endfor %}
      WHEN known_on > {{ as_of }} THEN 'after_as_of'
    END AS first_rule,
    CASE {% for column in needed %}WHEN {{ column }} IS NULL THEN '{{ column }}' {% endfor %}END AS lacking
  FROM known
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY first_rule, {{ key | join(", ") }}, CASE WHEN {{ key[0] }} IS NULL THEN file_no END, CASE WHEN {{ key[0] }} IS NULL THEN row_no END
    ORDER BY file_no {{ order }}, row_no {{ order }}) AS nth
  FROM first_rules
)
SELECT *, CASE WHEN first_rule IS NULL AND nth > 1 THEN 'duplicate' ELSE first_rule END AS rule
FROM ranked
