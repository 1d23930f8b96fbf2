"""Which fires the heat joins, straight from the definition and claim by claim; and fronts that run."""

import math

from hypothesis import strategies as st

from detectors.association import limit_km, linked

LOOK_S, DAY_S = 600.0, 86400.0


def apart(one, two):
    return math.dist((one.x, one.y, one.z), (two.x, two.y, two.z))


def joined(first, things, related):
    """All that chains of related things join to one."""
    found, todo = {first}, [first]
    while todo:
        one = todo.pop()
        more = {thing for thing in things if thing not in found and related(one, thing)}
        found |= more
        todo += more
    return found


class Around:
    """What is asked of one fine claim."""

    def __init__(self, begun, fine, coarse, eras, parting):
        self.begun, self.eras, self.options = begun, eras, eras.by[begun.era]
        self.pause_s = self.options.follow_h * 3600.0
        near = [one for one in fine if not one.bound and apart(one, begun) <= self.options.max_reach_km]
        self.group = [one for one in near if self.is_one_look(one)]
        self.every = fine
        self.older = [
            one for one in near
            if one not in self.group and one.key < begun.key and not parting.apart(one, begun)
        ]  # fmt: skip
        self.hot = [
            one for one in coarse
            if not one.bound and one.claim.source_class == "satellite"
            and apart(one, begun) <= self.options.max_reach_km
            and begun.seconds - DAY_S <= one.seconds <= begun.seconds
        ]  # fmt: skip

    def is_one_look(self, one):
        return one.claim.look == self.begun.claim.look and abs(one.seconds - self.begun.seconds) <= LOOK_S

    def linked(self, one, two):
        return linked(self.eras.between(one, two), one, two)

    def is_asked(self):
        """Whether it is the first of one thing that a look saw, where nothing was."""
        if self.begun.bound or not self.options.step_km:
            return False
        if any(one.key < self.begun.key for one in self.group):
            return False
        whole = joined(self.begun, self.group, lambda *two: linked(self.options, *two))
        return len(whole) == len(self.group) and not any(
            self.linked(one, other) and other.key < one.key
            for one in self.group
            for other in self.every
            if other not in self.group
        )

    def soon(self, one, two):
        return abs(one.seconds - two.seconds) <= self.pause_s

    def touch(self, one, two):
        is_near = apart(one, two) <= self.options.step_km
        return one.claim.source == two.claim.source and self.soon(one, two) and is_near

    def same(self, one, two):
        return one.claim.source == two.claim.source and apart(one, two) == 0.0

    def head(self, one):
        """The first of the claims of a pixel since it was cold for long."""
        here = joined(one, self.hot, lambda *two: self.same(*two) and self.soon(*two))
        return min(here, key=lambda each: each.key)

    def arrives(self, old, last):
        """Whether an older claim lies here once it is moved as the heat, seen last in this pixel, did."""
        then = [
            one for one in joined(last, self.hot, self.touch)
            if self.soon(old, one) and self.linked(old, self.head(one))
        ]  # fmt: skip
        since_s = min(one.seconds for one in self.hot if self.same(one, last))
        if not then or since_s <= old.seconds:
            return False
        home = min(then, key=lambda one: (apart(old, one), self.head(one).key))
        moved = [getattr(old, at) + getattr(last, at) - getattr(home, at) for at in "xyz"]
        return any(
            math.dist(moved, (one.x, one.y, one.z)) <= limit_km(self.options, old.sigma, one.sigma)
            for one in self.group
        )

    def carrier(self):
        last = [
            one for one in self.hot
            if self.soon(one, self.begun) and any(self.linked(each, self.head(one)) for each in self.group)
        ]  # fmt: skip
        found = [old for old in self.older if any(self.arrives(old, one) for one in last)]
        return min(found, key=lambda old: (apart(old, self.begun), old.key), default=None)


def carries(fine, coarse, eras, parting):
    """Pairs of claims: what a look saw first, and the older one that the heat carried there."""
    asked = [Around(one, fine, coarse, eras, parting) for one in fine] if coarse else []
    pairs = [(one.begun, one.carrier()) for one in asked if one.is_asked()]
    return {pair for pair in pairs if pair[1] is not None}


@st.composite
def fronts(draw, claim):
    """A front that runs east while a satellite with pixels of 2 km follows, and what others see of it."""
    speed, off = draw(st.sampled_from([0.5, 1.0, 2.0])), draw(st.sampled_from([0.0, 0.7, 2.5]))
    every, hours = draw(st.sampled_from([0.5, 1.0, 2.5])), draw(st.sampled_from([3.0, 6.0]))
    claims, number = [], 0
    for step in range(int(hours / every) + 1):
        at = step * every
        tail = max(0.0, speed * (at - draw(st.sampled_from([1.0, 9.0]))))
        for column in range(round(tail / 2.0), round(speed * at / 2.0) + 1):
            if draw(st.integers(0, 9)):
                name = f"w{number:02}"
                claims.append(claim(name, 2.0 * column + off, off, sigma=1.3, hours=at))
                number += 1
    for number in range(draw(st.integers(2, 5))):
        at = draw(st.sampled_from([0.0, 0.25, 1.0, 2.0, 3.5, 5.0, 6.0, 30.0]))
        beside = draw(st.sampled_from([0.0, 0.0, 0.5, 3.0]))
        east = max(0.0, speed * min(at, hours) - beside) + draw(st.floats(-0.3, 0.3))
        north = draw(st.sampled_from([0.0, 0.0, 1.0, 4.0]))
        sigma = draw(st.sampled_from([0.2, 0.2, 0.4, 1.0]))
        claims.append(claim(f"f{number:02}", east, north, sigma=sigma, hours=at))
    return claims
