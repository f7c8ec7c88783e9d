"""Every case from two numbers: the seed of a run and the place of the case in it."""

from __future__ import annotations

from random import Random

from tests.fuzz.cases import Case, values_case
from tests.fuzz.mutations import mended_zip_case, mutation_case
from tests.fuzz.structures import structure_case

FAMILIES = (values_case, structure_case, mutation_case, mended_zip_case)
WEIGHTS = (20, 22, 50, 8)


def case_of(random_seed: int, number: int) -> Case:
    """The case with this number; the same on every machine."""
    rng = Random(f"{random_seed} {number}")
    return rng.choices(FAMILIES, WEIGHTS)[0](rng)
