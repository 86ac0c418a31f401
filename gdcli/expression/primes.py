"""Random prime numbers."""

from __future__ import annotations

import os

_SMALL_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)


def random_prime(bits: int) -> int:
    """A random number of so many bits that is prime, but for a probability of less than 2⁻⁴⁰.

    References:
        M. O. Rabin, Probabilistic algorithm for testing primality, Journal of Number Theory 12 (1980), 128–138,
        doi:10.1016/0022-314X(80)90084-0.
    """
    while True:
        number = int.from_bytes(os.urandom(bits // 8), "little") | (1 << (bits - 1)) | 1
        if all(number % prime for prime in _SMALL_PRIMES) and _is_prime(number):
            return number


def _is_prime(number: int) -> bool:
    odd = number - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    for _ in range(10):
        power = pow(2 + int.from_bytes(os.urandom(32), "little") % (number - 3), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True
