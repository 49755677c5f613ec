"""Changes the image of a block where it means something; must not know any struct.

What looks like a pointer is one; other numbers are sizes, counts, types and flags.
"""

import struct

from fuzz import Chance

NUMBERS = (
    *range(20), 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 258, 259, 1032, 4096,
    0x3FFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def pointers(image: bytearray, base: int) -> list[tuple[int, int]]:
    """Return the aligned words that hold an address of the block, and where they are."""
    end = base + len(image)
    found = []
    for at in range(-base % 8, len(image) - 7, 8):
        (word,) = struct.unpack_from("<Q", image, at)
        if base <= word < end:
            found.append((at, word))
    return found


def bent(image: bytearray, base: int, chance: Chance) -> None:
    """Let a pointer lead elsewhere: astray, over an edge, or to what another one points to."""
    known = pointers(image, base)
    if not known:
        return
    at, word = chance.choice(known)
    end = base + len(image)
    astray = chance.choice([
        word + 1, word + 2, word + 4, word + 8, word - 8, end - 1, end - 2, end - 4, end - 8, end,
        base, base - 1, base - 8, 0, 1, 2**64 - 1, 2**64 - 8, word ^ 2**63,
        base + at, base + at - 8, *[chance.choice(known)[1] for _ in range(20)]])
    struct.pack_into("<Q", image, at, astray % 2**64)


def counted(image: bytearray, base: int, chance: Chance) -> None:
    """Set a number of 1, 2, 4 or 8 bytes, rather one that stands before a pointer."""
    known = pointers(image, base)
    width, layout = chance.choice([(1, "<B"), (2, "<H"), (4, "<I"), (4, "<I"), (8, "<Q")])
    at = chance.randrange(len(image))
    if known and chance.random() < 0.6:     # a size or a count mostly does
        at = chance.choice(known)[0] - chance.choice([4, 8, 8, 16])
    at -= (at + base) % width
    if not 0 <= at <= len(image) - width:
        return
    (old,) = struct.unpack_from(layout, image, at)
    new = chance.choice([
        chance.choice(NUMBERS), old + 1, old - 1, old ^ 1 << chance.randrange(8 * width),
        chance.getrandbits(8 * width), len(image)])
    struct.pack_into(layout, image, at, new % 2**(8 * width))


def moved(image: bytearray, base: int, chance: Chance) -> None:
    """Copy a piece to the end, or over another one; a pointer may lead to the copy."""
    size = min(len(image), chance.choice([8, 16, 24, 64, 160, 400]))
    start = chance.randrange(0, len(image) - size + 1) & ~7
    piece = image[start:start + size]
    if chance.random() < 0.3:
        at = chance.randrange(0, len(image) - size + 1) & ~7
        image[at:at + size] = piece[:len(image) - at]
        return
    image += bytes(-(len(image) + base) % 8)
    where = base + len(image)
    image += piece
    known = pointers(image, base)
    if known:
        struct.pack_into("<Q", image, chance.choice(known)[0], where % 2**64)


def cut(image: bytearray, base: int, chance: Chance) -> None:
    """Let the block end earlier, or later."""
    if chance.random() < 0.5:
        del image[len(image) - chance.choice([1, 2, 4, 8, 16, 100]):]
    else:
        image += chance.choice([b"\0", b"\0\0", b"a\0" * 9, bytes(64), b"\x3d\xd8", b"\xff" * 8])


def changed(image: bytearray, base: int, chance: Chance) -> bytearray:
    """Return the image with one or a few changes."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        if len(image) >= 8:
            chance.choice([bent, bent, bent, counted, counted, counted, moved, cut])(
                image, base, chance)
    return image
