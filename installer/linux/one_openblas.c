/* OpenCV's OpenBLAS, answered by NumPy's: one linear algebra library in the package instead of two (39 MB less).
 *
 * OpenCV's wheel calls nineteen functions with 32-bit integers; NumPy's wheel carries the same ones with 64-bit integers
 * under a prefix and a suffix. Each function here widens the integers and narrows what comes back. Matrices are passed on
 * as they are. Interfaces: LAPACK Users' Guide, third edition; reference BLAS technical forum standard, appendix B.
 */
#include <stdint.h>
#include <stdlib.h>

typedef int32_t narrow;
typedef int64_t wide;

#define NUMPY(name) scipy_##name##_64_
#define NUMPY_CBLAS(name) scipy_##name##64_

/* Integers that LAPACK writes into an array: pivots. */
static void narrow_all(narrow *to, const wide *from, narrow count)
{
    for (narrow index = 0; index < count; index++)
        to[index] = (narrow)from[index];
}

static narrow least(narrow one, narrow other)
{
    return one < other ? one : other;
}

/* What LAPACK answers where memory is short: an argument that cannot be met. */
enum { NO_MEMORY = -1010 };

#define FACTORISATIONS(letter, real)                                                                                   \
    extern void NUMPY(letter##getrf)(wide *, wide *, real *, wide *, wide *, wide *);                                  \
    void letter##getrf_(narrow *rows, narrow *columns, real *a, narrow *lda, narrow *pivots, narrow *info)             \
    {                                                                                                                  \
        wide m = *rows, n = *columns, step = *lda, told = 0;                                                           \
        narrow count = least(*rows, *columns);                                                                         \
        wide *wide_pivots = malloc((size_t)(count > 0 ? count : 1) * sizeof(wide));                                    \
        if (!wide_pivots) {                                                                                            \
            *info = NO_MEMORY;                                                                                         \
            return;                                                                                                    \
        }                                                                                                              \
        NUMPY(letter##getrf)(&m, &n, a, &step, wide_pivots, &told);                                                    \
        narrow_all(pivots, wide_pivots, count);                                                                        \
        *info = (narrow)told;                                                                                          \
        free(wide_pivots);                                                                                             \
    }                                                                                                                  \
    extern void NUMPY(letter##gesv)(wide *, wide *, real *, wide *, wide *, real *, wide *, wide *);                   \
    void letter##gesv_(narrow *order, narrow *sides, real *a, narrow *lda, narrow *pivots, real *b, narrow *ldb,       \
                       narrow *info)                                                                                   \
    {                                                                                                                  \
        wide n = *order, right = *sides, step = *lda, step_b = *ldb, told = 0;                                         \
        wide *wide_pivots = malloc((size_t)(*order > 0 ? *order : 1) * sizeof(wide));                                  \
        if (!wide_pivots) {                                                                                            \
            *info = NO_MEMORY;                                                                                         \
            return;                                                                                                    \
        }                                                                                                              \
        NUMPY(letter##gesv)(&n, &right, a, &step, wide_pivots, b, &step_b, &told);                                     \
        narrow_all(pivots, wide_pivots, *order);                                                                       \
        *info = (narrow)told;                                                                                          \
        free(wide_pivots);                                                                                             \
    }                                                                                                                  \
    extern void NUMPY(letter##potrf)(char *, wide *, real *, wide *, wide *, size_t);                                  \
    void letter##potrf_(char *part, narrow *order, real *a, narrow *lda, narrow *info)                                 \
    {                                                                                                                  \
        wide n = *order, step = *lda, told = 0;                                                                        \
        NUMPY(letter##potrf)(part, &n, a, &step, &told, 1);                                                            \
        *info = (narrow)told;                                                                                          \
    }                                                                                                                  \
    extern void NUMPY(letter##posv)(char *, wide *, wide *, real *, wide *, real *, wide *, wide *, size_t);           \
    void letter##posv_(char *part, narrow *order, narrow *sides, real *a, narrow *lda, real *b, narrow *ldb,           \
                       narrow *info)                                                                                   \
    {                                                                                                                  \
        wide n = *order, right = *sides, step = *lda, step_b = *ldb, told = 0;                                         \
        NUMPY(letter##posv)(part, &n, &right, a, &step, b, &step_b, &told, 1);                                         \
        *info = (narrow)told;                                                                                          \
    }                                                                                                                  \
    extern void NUMPY(letter##geqrf)(wide *, wide *, real *, wide *, real *, real *, wide *, wide *);                  \
    void letter##geqrf_(narrow *rows, narrow *columns, real *a, narrow *lda, real *factors, real *work, narrow *size,  \
                        narrow *info)                                                                                  \
    {                                                                                                                  \
        wide m = *rows, n = *columns, step = *lda, length = *size, told = 0;                                           \
        NUMPY(letter##geqrf)(&m, &n, a, &step, factors, work, &length, &told);                                         \
        *info = (narrow)told;                                                                                          \
    }                                                                                                                  \
    extern void NUMPY(letter##gels)(char *, wide *, wide *, wide *, real *, wide *, real *, wide *, real *, wide *,    \
                                    wide *, size_t);                                                                   \
    void letter##gels_(char *transposed, narrow *rows, narrow *columns, narrow *sides, real *a, narrow *lda, real *b,  \
                       narrow *ldb, real *work, narrow *size, narrow *info)                                            \
    {                                                                                                                  \
        wide m = *rows, n = *columns, right = *sides, step = *lda, step_b = *ldb, length = *size, told = 0;            \
        NUMPY(letter##gels)(transposed, &m, &n, &right, a, &step, b, &step_b, work, &length, &told, 1);                \
        *info = (narrow)told;                                                                                          \
    }                                                                                                                  \
    extern void NUMPY(letter##gesdd)(char *, wide *, wide *, real *, wide *, real *, real *, wide *, real *, wide *,   \
                                     real *, wide *, wide *, wide *, size_t);                                          \
    void letter##gesdd_(char *job, narrow *rows, narrow *columns, real *a, narrow *lda, real *values, real *left,      \
                        narrow *ldu, real *right, narrow *ldvt, real *work, narrow *size, narrow *space, narrow *info) \
    {                                                                                                                  \
        wide m = *rows, n = *columns, step = *lda, step_u = *ldu, step_vt = *ldvt, length = *size, told = 0;           \
        narrow count = least(*rows, *columns);                                                                         \
        wide *wide_space = malloc((size_t)(count > 0 ? count : 1) * 8 * sizeof(wide));                                 \
        (void)space;                                                                                                   \
        if (!wide_space) {                                                                                             \
            *info = NO_MEMORY;                                                                                         \
            return;                                                                                                    \
        }                                                                                                              \
        NUMPY(letter##gesdd)(job, &m, &n, a, &step, values, left, &step_u, right, &step_vt, work, &length,             \
                             wide_space, &told, 1);                                                                    \
        *info = (narrow)told;                                                                                          \
        free(wide_space);                                                                                              \
    }

FACTORISATIONS(s, float)
FACTORISATIONS(d, double)

extern void NUMPY(dgeev)(char *, char *, wide *, double *, wide *, double *, double *, double *, wide *, double *,
                         wide *, double *, wide *, wide *, size_t, size_t);
void dgeev_(char *left_job, char *right_job, narrow *order, double *a, narrow *lda, double *real, double *imaginary,
            double *left, narrow *ldvl, double *right, narrow *ldvr, double *work, narrow *size, narrow *info)
{
    wide n = *order, step = *lda, step_l = *ldvl, step_r = *ldvr, length = *size, told = 0;
    NUMPY(dgeev)(left_job, right_job, &n, a, &step, real, imaginary, left, &step_l, right, &step_r, work, &length, &told, 1,
                 1);
    *info = (narrow)told;
}

/* The enumerations of CBLAS are integers of C in both. */
#define PRODUCT(name, scalar, real)                                                                                    \
    extern void NUMPY_CBLAS(name)(int, int, int, wide, wide, wide, scalar, const real *, wide, const real *, wide,     \
                                  scalar, real *, wide);                                                               \
    void name(int order, int transpose_a, int transpose_b, narrow m, narrow n, narrow k, scalar alpha, const real *a,  \
              narrow lda, const real *b, narrow ldb, scalar beta, real *c, narrow ldc)                                 \
    {                                                                                                                  \
        NUMPY_CBLAS(name)(order, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);              \
    }

PRODUCT(cblas_sgemm, float, float)
PRODUCT(cblas_dgemm, double, double)
PRODUCT(cblas_cgemm, const void *, void)
PRODUCT(cblas_zgemm, const void *, void)
