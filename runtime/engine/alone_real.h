/* alone_real.h -- a chunk alone, in one precision. Included once for each, with REAL, the names of its structs, CORE, CHUNK and STRETCH, and
 * that of the function, ALONE, defined. */
void ALONE(const struct CORE *core, const REAL *theta, const REAL *prepared, const struct CHUNK *k)
{
    for (int s = 0; s < core->n_stretches; s++) {
        const struct STRETCH *t = &core->stretches[s];
        if (t->sums && k->step->batch)
            memcpy(k->scratch + t->total, k->scratch + t->partial, t->sums * sizeof(REAL));
        if (t->part)
            t->part(theta, prepared, k, 1, 0, 1);
        else
            t->chunk(theta, prepared, k->x, k->target, k->grad, k->y, k->scratch, k->n, k->step, k->sums);
    }
}
