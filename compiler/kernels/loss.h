/* loss.h -- what the kernels of losses share: the loops over images, over the answers of an image, over the outputs of
 * an answer. loss_parts.ct writes them. */
#ifndef CNNC_KERNELS_LOSS_H
#define CNNC_KERNELS_LOSS_H

#include "catalog/catalog.h"
#include "expr/expr.h"
#include "kernels/kernels.h"

/* The formula of the loss; without `value` if it is a cross-entropy of classes. */
const struct loss_formula *loss_formula_of(const struct op *o);
const char *loss_terms(const struct op *o); /* its sums, or those of the user's formula; NULL: it has none */
/* e with the numbers of the loss's arguments. */
const struct expr *loss_set(struct arena *a, const struct op *o, const struct expr *e);
bool loss_has_probabilities(const struct kernel *k);
int64_t loss_answers(const struct kernel *k); /* of an image */

/* C expressions: the target of output e; the place of output e in an operand; the label of the answer. */
const char *loss_target(const struct plan *p, const struct kernel *k);
const char *loss_place(struct out *o, const struct plan *p, const struct kernel *k, int input, const char *e);
const char *loss_label(const struct kernel *k);
const char *loss_first(const struct kernel *k); /* the first output of the answer */

/* Constants in front of the loops. `scale` is the factor of a gradient. */
void emit_loss_constants(struct out *o, const struct plan *p, const struct kernel *k, double terms);
/* Opens the loop over images, which walks all pointers, */
void emit_loss_images(struct out *o, const struct plan *p, const struct kernel *k);
/* and within it the one over answers, if there are several. `share` is the factor of gradients there, `weight` that of
 * the loss. */
void emit_loss_answers(struct out *o, const struct plan *p, const struct kernel *k);
void emit_loss_answers_end(struct out *o, const struct kernel *k);
/* Opens the loop over the outputs of an answer; e is an output's number in the image. */
void emit_loss_outputs(struct out *o, const struct kernel *k);
/* Declares the names among `names` that one of the n expressions needs. */
void emit_loss_names(struct out *o, const struct plan *p, const struct kernel *k, const struct expr_statements *names,
                     const struct expr *const *of, size_t n, enum expr_form form);
/* Whether one of the expressions, or a name that they need, mentions this one. */
bool loss_mentions(const struct expr_statements *names, const char *name, const struct expr *const *of, size_t n);
/* Adds the loss of an image or of an answer, a C expression of type double. */
void emit_loss_sum(struct out *o, const struct kernel *k, const char *loss);
/* The same for a whole image, or for all of a batch. */
void emit_loss_image_sum(struct out *o, const struct kernel *k, const char *loss);
/* v is the gradient by output e. */
void emit_loss_store(struct out *o, const struct plan *p, const struct kernel *k);

/* ---- loss.ct: losses that are means over the outputs */

struct loss_mean {
    struct expr_statements names;
    const struct expr *of[2]; /* the loss of an output; its derivative by z */
};

struct loss_mean loss_mean_of(struct arena *a, const struct op *o);
/* Why the loss is none; NULL: it is one. */
const char *loss_mean_refusal(const struct op *o);

/* ---- loss_sums.ct: losses that are functions of sums */

struct loss_sums {
    struct expr_statements names;
    struct expr_statement *at; /* n sums: the terms of each are its value */
    size_t n;
    const struct expr *most, *value; /* most: NULL if there is none */
};

struct loss_sums loss_sums_of(struct arena *a, const struct op *o);
/* Opens the loop over the outputs of an answer, with the operands z and t. */
void emit_loss_operands(struct out *o, const struct plan *p, const struct kernel *k);
/* Stores the gradient by each output, from d_NAME, the derivative by the sum NAME, and the factor `share`. */
void emit_loss_gradient(struct out *o, const struct plan *p, const struct kernel *k, const struct loss_sums *s);

#endif
