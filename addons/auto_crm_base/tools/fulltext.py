"""Words of a text for PostgreSQL's full-text search, Chinese ones too.

PostgreSQL splits at blanks, which Chinese does not write. Each run of Chinese
characters therefore becomes its pairs of neighbours, so that any part of it is found:
``刹车片`` → ``刹车 车片 片``.
"""

import re
import unicodedata

#: Chinese characters (with their extension A and the compatible ones), or a word.
_PIECES = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
MAX_TERMS = 20


def _pieces(text):
    folded = unicodedata.normalize("NFKC", text or "").lower()
    return _PIECES.findall(folded)


def _is_chinese(piece):
    return "\u3400" <= piece[0] <= "\u9fff" or "\uf900" <= piece[0] <= "\ufaff"


def tokens(text):
    """Return the words of ``text``, by blanks, as they are indexed."""
    words = []
    for piece in _pieces(text):
        if _is_chinese(piece):
            words += [piece[at : at + 2] for at in range(len(piece))]
        else:
            words.append(piece)
    return " ".join(words)


def query(text):
    """Return what was typed as a ``tsquery``: all words, each from its beginning.

    :return: ``""`` when there is no word in it
    """
    terms = []
    for piece in _pieces(text)[:MAX_TERMS]:
        if not _is_chinese(piece) or len(piece) == 1:
            terms.append(f"'{piece}':*")
        else:
            pairs = [piece[at : at + 2] for at in range(len(piece) - 1)]
            terms.append("(" + " <-> ".join(f"'{pair}'" for pair in pairs) + ")")
    return " & ".join(terms)
