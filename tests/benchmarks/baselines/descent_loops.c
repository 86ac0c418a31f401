/* Gradient descent from many starts, as one would write it in C: blocks that stay in the first-level cache, an inner loop
 * that the compiler turns into vector instructions, and the blocks shared out among the cores. Compiled by c_loops.py. */

#include <math.h>

#define BLOCK 128

#define LOOP(name, type, GRADIENT)                                                                           \
    void name(long n, long steps, double rate, type *restrict x, type *restrict y)                           \
    {                                                                                                        \
        const type lr = (type)rate;                                                                          \
        _Pragma("omp parallel for schedule(static)") for (long begin = 0; begin < n; begin += BLOCK)         \
        {                                                                                                    \
            const long end = begin + BLOCK < n ? begin + BLOCK : n;                                          \
            for (long step = 0; step < steps; step++) {                                                      \
                _Pragma("omp simd") for (long i = begin; i < end; i++)                                       \
                {                                                                                            \
                    const type a = x[i], b = y[i];                                                           \
                    type p, q;                                                                               \
                    GRADIENT(type)                                                                           \
                    x[i] = a - lr * p;                                                                       \
                    y[i] = b - lr * q;                                                                       \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }

#define ROSENBROCK(type)                                                                                     \
    const type t = b - a * a;                                                                                \
    p = (type)-400 * a * t - (type)2 * ((type)1 - a);                                                        \
    q = (type)200 * t;

#define EXP(type, u) (sizeof(type) == 4 ? expf((float)(u)) : exp((double)(u)))
#define COS(type, u) (sizeof(type) == 4 ? cosf((float)(u)) : cos((double)(u)))
#define SIN(type, u) (sizeof(type) == 4 ? sinf((float)(u)) : sin((double)(u)))
#define SQRT(type, u) (sizeof(type) == 4 ? sqrtf((float)(u)) : sqrt((double)(u)))
#define TURN 6.283185307179586

#define ACKLEY(type)                                                                                         \
    const type r = (type)SQRT(type, (a * a + b * b) * (type)0.5);                                            \
    const type f = (type)2 * (type)EXP(type, (type)-0.2 * r) / r;                                            \
    const type u = (type)TURN * a, v = (type)TURN * b;                                                       \
    const type g = (type)(TURN / 2)                                                                          \
        * (type)EXP(type, (type)0.5 * ((type)COS(type, u) + (type)COS(type, v)));                            \
    p = f * a + g * (type)SIN(type, u);                                                                      \
    q = f * b + g * (type)SIN(type, v);

#define TERM(type, w, cx, cy, s)                                                                             \
    {                                                                                                        \
        const type dx = a - (type)(cx), dy = b - (type)(cy);                                                 \
        const type e = (type)(2 * (w) / (s)) * (type)EXP(type, (dx * dx + dy * dy) * (type)(-1 / (s)));      \
        p += e * dx;                                                                                         \
        q += e * dy;                                                                                         \
    }

#define MIXTURE(type)                                                                                        \
    p = 0;                                                                                                   \
    q = 0;                                                                                                   \
    TERM(type, 1.0, 2.0, 0.0, 0.5)                                                                           \
    TERM(type, 1.1, 1.08, 1.98, 0.55)                                                                        \
    TERM(type, 1.2, -0.83, -0.51, 0.6)                                                                       \
    TERM(type, 1.3, -1.98, -1.85, 0.65)                                                                      \
    TERM(type, 1.4, -1.31, 0.99, 0.7)                                                                        \
    TERM(type, 1.5, 0.57, 1.6, 0.75)                                                                         \
    TERM(type, 1.6, 1.92, -1.4, 0.8)                                                                         \
    TERM(type, 1.7, 1.51, -1.24, 0.85)                                                                       \
    TERM(type, 1.8, -0.29, 1.72, 0.9)                                                                        \
    TERM(type, 1.9, -1.82, 0.8, 0.95)

LOOP(rosenbrock_64, double, ROSENBROCK)
LOOP(rosenbrock_32, float, ROSENBROCK)
LOOP(ackley_64, double, ACKLEY)
LOOP(ackley_32, float, ACKLEY)
LOOP(mixture_64, double, MIXTURE)
LOOP(mixture_32, float, MIXTURE)
