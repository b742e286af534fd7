/* alone_real.h -- runs a chunk that is a batch by itself, or belongs to none, in one precision. stretches.c
 * includes it once for each precision and defines these macros before: REAL, the type; CORE, CHUNK and STRETCH,
 * the names of its structs; ALONE, the name of the function. */
void ALONE(const struct CORE *core, const REAL *theta, const REAL *prepared, const struct CHUNK *k)
{
    for (int s = 0; s < core->n_stretches; s++) {
        const struct STRETCH *t = &core->stretches[s];
        if (t->sums && k->step->batch)
            memcpy(k->scratch + t->total, k->scratch + t->partial, t->sums * sizeof(double));
        if (t->part)
            t->part(theta, prepared, k, 1, 0, 1);
        else
            t->chunk(theta, prepared, k->x, k->target, k->grad, k->y, k->scratch, k->n, k->step, k->sums);
    }
}
