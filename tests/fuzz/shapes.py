"""Changes the image of a block where it means something; must not know any struct.

What looks like a pointer is one; other numbers are sizes, counts, types and flags.
"""

import struct
from typing import Any

from fuzz import Chance, Step

NUMBERS = (
    *range(20), 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 258, 259, 1032, 4096,
    0x3FFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def pointers(image: Any, base: int) -> list[tuple[int, int]]:
    """Return the aligned words that hold an address of the block, and where they are."""
    start = -base % 8
    end = base + len(image)
    words = struct.unpack_from(f"<{max(0, len(image) - start) // 8}Q", image, start)
    return [(start + 8 * k, word) for k, word in enumerate(words) if base <= word < end]


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


class Shape:
    """An image that steps change in place; pointers and sizes are those of its beginning."""

    def __init__(self, image: Any, base: int) -> None:
        self.image, self.base, self.size = image, base, len(image)
        known = pointers(image, base) or [(-base % 8, base)]
        self.places = [at for at, _ in known]
        end = base + self.size
        self.aims = [word for _, word in known]
        self.astray = [
            end - 1, end - 2, end - 4, end - 8, end, base, base - 1, base - 8, 0, 1, 2**64 - 1,
            2**64 - 8, base + (end - base) // 2, end - 16, end - 64]

    def take(self, step: Step) -> tuple[int, bytes]:
        """Change the image, and return where, and what stood there: nothing if it is as it was."""
        where, how, which, number = step
        image = self.image
        kind = how & 15
        at = self.places[where % len(self.places)]
        if kind < 5:
            new = (self.aim(at, which, number) & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
        elif kind == 13:    # a piece of another place
            start = number % (self.size + 1) & ~7
            at, new = where % (self.size + 1) & ~7, bytes(image[start:start + 8 << (which & 3)])
        else:
            width = (4, 4, 2, 1)[which & 3]
            if kind < 10:   # a size or a count mostly stands before a pointer
                at -= (8, 8, 4, 16)[which >> 2 & 3]
            else:
                at = where % (self.size + 1)
                at -= (at + self.base) % width
            if at < 0:
                return 0, b""
            new = number_after(int.from_bytes(image[at:at + width], "little"), width, number)
        old = bytes(image[at:at + len(new)])
        if at < 0 or len(old) < len(new) or old == new:
            return 0, b""
        image[at:at + len(new)] = new
        return at, old

    def aim(self, at: int, which: int, number: int) -> int:
        if which < 64:
            return self.astray[which % 15]
        if which < 128:
            word = int.from_bytes(self.image[at:at + 8], "little")
            return word + (1, 2, 4, 8, 16, -8, -4, -2, 2**63, 2**32)[which % 10]
        if which < 192:
            return self.base + number % (self.size + 1) & ~(1 | which & 7)
        return self.aims[number % len(self.aims)]


def number_after(old: int, width: int, number: int) -> bytes:
    """Return the bytes of another number in the place of an old one."""
    way, rest = number & 7, number >> 3
    if way < 4:
        new = NUMBERS[rest % len(NUMBERS)]
    elif way == 4:
        new = old + 1
    elif way == 5:
        new = old - 1
    elif way == 6:
        new = old ^ 1 << rest % (8 * width)
    else:
        new = rest
    return (new & (1 << 8 * width) - 1).to_bytes(width, "little")
