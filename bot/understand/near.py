"""How far two short words are apart."""


def distance(left: str, right: str, most: int) -> int:
    """Wrong, missing, added or swapped characters between the two (optimal string alignment); more than most: most + 1.

    Takes len(left) * len(right) steps at the most; for words, not for texts.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def tolerance(length: int, *, wide: bool) -> int:
    """How many slips a label of so many characters may take. wide: Chinese, where one character says much.

    Two Chinese characters allow none: 美食 is not 美团.
    """
    if wide:
        return 0 if length < 3 else 1 if length < 6 else 2
    return 0 if length < 4 else 1 if length < 8 else 2
