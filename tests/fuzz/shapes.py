"""Changes the image of a block where it means something; must not know any struct.

What looks like a pointer is one; other numbers are sizes, counts, types and flags.
"""

import struct

from fuzz import Chance, Step

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


class Shape:
    """An image that steps change in place; pointers and sizes are those of its beginning."""

    def __init__(self, image: bytearray, base: int) -> None:
        self.image, self.base = image, base
        known = pointers(image, base) or [(-base % 8, base)]
        self.places = [at for at, _ in known]
        end = base + len(image)
        self.aims = [word for _, word in known]
        self.astray = [
            end - 1, end - 2, end - 4, end - 8, end, base, base - 1, base - 8, 0, 1, 2**64 - 1,
            2**64 - 8, base + (end - base) // 2, end - 16, end - 64]

    def take(self, step: Step) -> tuple[int, bytes] | None:
        """Change the image, and return where, and what stood there; None if it is too small."""
        at, new = self.change(step)
        old = bytes(self.image[at:at + len(new)])
        if at < 0 or len(old) < len(new):
            return None
        self.image[at:at + len(new)] = new
        return at, old

    def change(self, step: Step) -> tuple[int, bytes]:
        kind = step.how & 15
        at = self.places[step.where % len(self.places)]
        if kind < 5:
            return at, (self.aim(step, at) % 2**64).to_bytes(8, "little")
        if kind == 13:  # a piece of another place
            size, start = (8, 16, 24, 64)[step.which & 3], step.number % (len(self.image) + 1) & ~7
            return step.where % (len(self.image) + 1) & ~7, bytes(self.image[start:start + size])
        width = (4, 4, 2, 1)[step.which & 3]
        if kind < 10:   # a size or a count mostly stands before a pointer
            at -= (8, 8, 4, 16)[step.which >> 2 & 3]
        else:
            at = step.where % (len(self.image) + 1)
            at -= (at + self.base) % width
        return at, number_after(
            int.from_bytes(self.image[max(at, 0):at + width], "little"), width, step.number)

    def aim(self, step: Step, at: int) -> int:
        if step.which < 64:
            return self.astray[step.which % len(self.astray)]
        if step.which < 128:
            word = int.from_bytes(self.image[at:at + 8], "little")
            return word + (1, 2, 4, 8, 16, -8, -4, -2, 2**63, 2**32)[step.which % 10]
        if step.which < 192:
            return self.base + step.number % (len(self.image) + 1) & ~(1 | step.which & 7)
        return self.aims[step.number % len(self.aims)]


def number_after(old: int, width: int, number: int) -> bytes:
    """Return the bytes of another number in the place of an old one."""
    way, rest = number & 7, number >> 3
    if way == 4:
        new = old + 1
    elif way == 5:
        new = old - 1
    elif way == 6:
        new = old ^ 1 << rest % (8 * width)
    elif way == 7:
        new = rest
    else:
        new = NUMBERS[rest % len(NUMBERS)]
    return (new % (1 << 8 * width)).to_bytes(width, "little")
