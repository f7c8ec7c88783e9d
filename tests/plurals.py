"""Whether a page counts one thing as if it were several."""

import re

from analysis.core.text import Place, catalogue

MANY = "alarms|contracts|customers|dates|days|drivers|failures|incidents|months|observations|orders|purchases|renewals|returns|signals|tickets|warnings"
MISCOUNTED = re.compile(rf"(?<![\d.,])1[ \u00a0](?:[a-z]+[ \u00a0])?(?:{MANY})\b")
AROUND = 40  # characters
TAGS = re.compile(r"<[^>]*>")


def miscounted(html: str) -> list[str]:
    """Such places in the English half of a page, tags aside, with what stands around them."""
    text = TAGS.sub("", html)
    return [text[max(found.start() - AROUND, 0) : found.end() + AROUND] for found in MISCOUNTED.finditer(text)]


def without_singular(subject: str) -> set[str]:
    """Entries of ``text/<subject>.toml`` that begin with a count of several things and have no words for one."""
    found = set()
    for key, entry in catalogue(subject).items():
        parts = entry.wording["en"].get("other", ())
        counts = [place for place, part in enumerate(parts[:-1]) if isinstance(part, Place) and part.form in ("count", "number")]
        after = [parts[place + 1] for place in counts]
        if len(entry.wording["en"]) == 1 and any(re.match(rf"[ \u00a0](?:[a-z]+ )?(?:{MANY})\b", one) for one in after if isinstance(one, str)):
            found.add(key)
    return found
