"""What the settings for Splink share: cells made comparable in SQL, and what a set of settings consists of."""
from dataclasses import dataclass, field


def words(column, dropped=""):
    """Lower case, letters and digits, without some words."""
    plain = f"regexp_replace(lower({column}), '[^a-z0-9 ]', '', 'g')"
    plain = f"regexp_replace({plain}, '\\b({dropped})\\b', '', 'g')" if dropped else plain
    return f"nullif(trim(regexp_replace({plain}, ' +', ' ', 'g')), '')"


def only(characters, column):
    """The characters of a class, in upper case."""
    return f"nullif(regexp_replace(upper({column}), '[^{characters}]', '', 'g'), '')"


@dataclass
class Settings:
    """How table `t`, which these settings made, is compared."""
    comparisons: list
    blocking: list
    # Rules under which expectation maximisation learns m.
    training: list
    # Rules whose pairs are taken for matches, to guess how many there are; empty where the share is learnt as well.
    known: list = field(default_factory=list)
    # The table that is learnt from.
    train_on: str = "t"
    more: dict = field(default_factory=dict)
