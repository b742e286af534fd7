/* net.h -- rung 2: the network as a typed graph. Nodes are the layers of the user; ops are the work of the machine.
 *
 * resolve (spec -> nodes), shape (shapes and parameters of nodes), lower (nodes -> FORWARD ops), hoist (max pooling
 * moves in front of bias and monotone activations), pad (zeros become the padding of convolutions), differentiate
 * (BACKWARD, PREPARE and UPDATE ops), join (formulas that read maps compute them), fuse (element-wise ops join the
 * epilogue of their producer). */
#ifndef CNNC_NET_H
#define CNNC_NET_H

#include "graph/op.h"

/* What an element of a tensor is. Before a plan decides, DTYPE_F32 stands for whatever numbers the network will use:
 * the reference computes with DTYPE_F64. */
enum dtype { DTYPE_F32, DTYPE_F64, DTYPE_I8, DTYPE_U8, DTYPE_I32, DTYPE_COUNT };

enum role {
    ROLE_INPUT,      /* the network's input x */
    ROLE_TARGET,     /* what the loss compares the output with */
    ROLE_ACTIVATION, /* computed by FORWARD; one of DTYPE_U8 is the argmax of pooling windows, or a dropout mask */
    ROLE_GRADIENT,   /* d loss / d activation */
    ROLE_PARAM,      /* learned */
    ROLE_PARAM_GRAD, /* d loss / d parameter, one copy for each chunk */
    ROLE_STATISTIC,  /* computed from all images of a chunk, one for the chunk, not one for each image */
    ROLE_PREPARED    /* a parameter in the layout of some kernel, made once a step */
};

struct tensor {
    int id;           /* index in net->tensors */
    const char *name; /* unique C identifier in lower case: conv2d_1, d_conv2d_1, conv2d_1_kernel, ... */
    struct shape shape;
    enum role role;
    enum dtype dtype;
    struct op *producer;    /* NULL for INPUT, TARGET, PARAM */
    struct tensor *view_of; /* same memory, other shape (Flatten); NULL otherwise */
    struct tensor *grad;    /* its gradient, set by differentiate; NULL when none is needed */
    struct tensor *grad_of; /* GRADIENT: it is a part of the gradient of this tensor, and lies in memory as that does */
    bool needs_grad;        /* it depends on a trained parameter, or it is one */
    struct param *param;    /* PARAM, PARAM_GRAD, PREPARED */
};

enum param_kind {
    PARAM_CONV, /* [kh,kw,in/groups,out]; Conv1D's file shape [k,in,out] is `shape` of the param */
    /* [kh,kw,in,multiplier] or [k,in,multiplier]; the tensor has the shape of groups, [kh,kw,1,in*multiplier] */
    PARAM_DEPTHWISE,
    PARAM_DENSE,  /* [in,out] */
    PARAM_VECTOR, /* [n], n channels */
    PARAM_ARRAY   /* any shape; in memory like an activation of that shape: runs of the last axis */
};

/* A penalty: the mean of |a . b| over pairs of rows, or columns, of a matrix, each divided by its length, times the
 * factor. */
struct orthogonal {
    bool given, columns;
    double factor;
    struct span span;
};

/* What each step of training ends with: w becomes w * (rate * clip(norm, low, high) + (1 - rate) * norm) / norm. */
struct constraint {
    bool given;
    unsigned along; /* a bit for each axis over which a norm sums; 0: negative numbers become 0, and that is all */
    double low, high, rate;
};

struct param {
    int id;
    const char *name; /* its name in files: "conv2d_1.kernel" */
    enum param_kind kind;
    struct shape shape; /* canonical, as in files */
    struct node *node;
    struct tensor *tensor;     /* those of convolutions always have rank 4 */
    struct tensor *input;      /* PARAM_DENSE: the layer's input (its memory may be padded per pixel) */
    const struct record *init; /* of initializers[], never NULL */
    struct bound *init_args;
    int64_t fan_in, fan_out;
    /* PARAM_DENSE and PARAM_CONV of one pixel: so many axes of `shape` count inputs together, and so many outputs,
     * which may come first. 0 and 0: files have the shape of the kind. */
    int inputs, outputs;
    bool outputs_first;
    bool shared;   /* by several layers: their gradients add up */
    double l1, l2; /* penalty l1*sum|w| + l2*sum w^2 */
    struct orthogonal orthogonal;
    struct constraint constraint;
    bool frozen; /* trainable=no: it has no gradient and no optimizer state, and is neither updated nor penalized */
    /* a running statistic: frozen, but each step of training replaces it by momentum * itself + (1 - momentum) * the
     * statistic of the batch */
    bool running;
    double momentum;
    /* A vector that the power method moves: each step of training begins with so many of its iterations, and with
     * dividing the kernel by its largest singular value. `running`, but no statistic moves it. */
    struct param *divides;
    int iterations;
    bool derived; /* inference makes it of others (struct fold), and files do not have it */
};

/* How a layer mixes each row of a batch with another one, while training. */
enum mix { MIX_NOTHING, MIX_UP, MIX_CUT };

/* A layer as the user wrote it. */
struct node {
    int id;
    int number;        /* its number among the layers of its class without a label, from 0 */
    const char *name;  /* label, or the type in lower case, numbered as in Keras: conv2d, conv2d_1 */
    const char *ident; /* the same as a C identifier, unique */
    const struct layer *layer;
    const struct stmt *stmt;
    struct bound *args;
    struct bound *common; /* of common_options */
    struct node **inputs; /* the layers that it reads, then NULL; each stands before it in nodes */
    int n_inputs;         /* 0 for Input */
    int room;             /* for inputs, without the NULL */
    struct node *input;   /* inputs[0] */
    bool frozen;          /* its parameters are not trained */
    struct node *shares;  /* the layer whose parameters it uses, for `@label`; NULL: it has its own */
    bool asks_other;      /* of `@label`: it is to be frozen where that layer is trained, or the other way round */
    struct misfit {       /* the first of those parameters that has another shape than this layer would give it */
        const struct param *param; /* NULL: all fit */
        struct shape wanted;
    } misfit;
    struct node *first;     /* the same layer in the first use of its model; NULL: it stands there */
    const char *of;         /* the model that it stands in; NULL: the spec has one network */
    bool passes;            /* of a model that is not trained here: frozen, but it computes as in training */
    bool uses;              /* Input of a model that is used several times: each use has its input in the same layout */
    bool residual, project; /* made by `residual`; a convolution may fit its second input to the first */
    bool orphan;            /* the layer before it had an error: nothing is known about its input */
    struct shape in, out;
    struct tensor *x, *y; /* set by lower; y is NULL if hoist removed it */
    VEC(struct param *) params;
    int64_t macs; /* multiply-adds of one image, forward */
};

/* What goes into the network, comes out of it, or is compared with what comes out. */
struct port {
    struct node *node;     /* its layer; a target has that of its output */
    struct tensor *tensor; /* set by lower; output: what predict gives, after the last activation */
    const char *name;      /* NULL: that of the layer */
};

/* ---- a spec with several models makes several networks */

/* One of them: a model that answers alone, or what a phase of the step trains a model in. */
struct net_part {
    const char *model;  /* the one that answers, or is trained */
    int phase;          /* the number of the phase; -1: the model alone */
    const char *output; /* of a model alone: the label of its only output; NULL: those that data are compared with */
    bool reads_data;    /* its inputs are those of the data, */
    /* of a model alone: by these names; NULL: by their own */
    const char *const *reads;
};

/* Where the target of an output comes from, and how much its loss counts. */
struct fill {
    enum { FILL_DATA, FILL_NUMBER, FILL_PART, FILL_INPUT } from;
    double number; /* the same for every element */
    size_t part;   /* PART: what that part answers; INPUT: that input of the data, */
    size_t own;    /* of a model alone: which is this input of its own; n->inputs.n: it does not read it */
    size_t tested; /* of a model alone: the number of the output in its use of n->tester */
    size_t data;   /* which target of the data; data_targets_match() tells it where the phase does not name it */
    bool named;
    double weight;
    bool weighed;     /* by the phase, whatever the section `train` says */
    const char *name; /* of a model alone: what the phase calls the output; NULL: no phase tests it */
    struct span span;
};

/* Inference divides by a deviation that does not change: factor = gamma / sqrt(variance + epsilon) of each channel. The
 * numbers are those of parameters; -1: there is none. */
struct fold {
    int gamma, beta, mean, variance;
    double epsilon;
    int kernel; /* each channel of its last axis is multiplied by the factor, */
    int bias;   /* and `into` becomes (bias - mean) * factor + beta; without a kernel it has rows: mean, factor, beta */
    int into;
};

/* sections, bound; every pointer leads into the tables of sections*.c */
struct data_config;
struct train_config;
struct validate_config;
struct ensemble_config;
struct step_config;

struct net {
    struct ctx *ctx;
    const char *name; /* a C identifier: from `model`, else from the name of the file */
    struct renamed {  /* the name that was asked for, if it is another one; why is NULL if it is the same */
        const char *from, *why;
        struct span at;
    } renamed;
    const char *file; /* base name of the spec, for the banner */
    VEC(struct node *) nodes;
    VEC(struct tensor *) tensors;
    VEC(struct op *) ops; /* in order of execution within a phase */
    VEC(struct param *) params;
    VEC(struct fold) folds;                    /* of inference */
    VEC(struct port) inputs, outputs, targets; /* the target with number i is that of output i */
    size_t aim;                                /* the output that the next three fields and the fields of */
    struct tensor *output;                     /* train_config without a list are about: net_aim() */
    struct tensor *target;
    struct tensor *input;             /* the first */
    struct data_config *data;         /* never NULL; has defaults for what the spec leaves out */
    struct train_config *train;       /* never NULL */
    struct validate_config *validate; /* never NULL */
    struct ensemble_config *ensemble; /* never NULL */
    struct step_config *step;         /* never NULL */
    VEC(struct net_part) parts;       /* all networks of a spec with several models; the first is the program's own */
    size_t which;                     /* which of them this is */
    VEC(struct fill) fills;           /* one for each output; none: all targets are data's */
    size_t of_batch;                  /* doubles that losses of the whole batch keep of a batch in evaluation */
    bool compares;                    /* a part that is a model alone: the data have targets for its outputs, */
    size_t tester;                    /* as the phase with this number of a part takes them, */
    size_t test_use, test_uses;       /* in this use of the model, of so many */
    size_t tested_by;                 /* a model alone that is not compared: by the network of this part; 0: by none */
    struct names *names;              /* of nodes and tensors */
    struct names *layer_names;        /* labels, and the names of layers without labels; NULL before the first name */
    uint64_t hash;                    /* net_hash, set by lower */
    bool part;                        /* the compiler made its spec from another one */
};

/* ---- names.c: identifiers of the generated C */
struct names;
struct names *names_new(struct arena *a);  /* the names that generated files use themselves are already taken */
struct names *names_none(struct arena *a); /* an empty set, for any texts */
struct names *names_copy(const struct names *s);
bool names_add(struct names *s, const char *name); /* false: the set already had it */
/* `base` in lower case as a C identifier that is neither a keyword nor taken in this set; the set then has it. */
const char *names_take(struct names *s, const char *base);
struct model_name {
    const char *name; /* an identifier that C, C++, their libraries and the runtime do not use */
    const char *why;  /* why it is not the given name, for example "is a word of C"; NULL: it is the given name */
};
struct model_name model_name(struct arena *a, const char *name);
bool name_is_word(const char *name); /* [A-Za-z_][A-Za-z0-9_]*, at most 63 bytes */
/* names_known.c: tells how C, C++ or their libraries use the name: as a keyword, as the stem of the name of a header,
 * or in another way. NULL: they do not use it. */
bool name_is_keyword(const char *name);
bool name_is_header(const char *name);
const char *name_known_as(const char *name);
const char *snake_case(struct arena *a, const char *s); /* MaxPooling2D -> max_pooling2d, as in Keras */

/* ---- net.c: making and examining */
struct net *net_new(struct ctx *c, const char *file);
struct tensor *net_tensor(struct net *n, const char *name, struct shape shape,
                          enum role role); /* DTYPE_F32; makes name unique */
int dtype_bytes(enum dtype d);             /* size of an element */
const char *dtype_type(enum dtype d);      /* its type in C: "unsigned char" */
bool dtype_is_real(enum dtype d);          /* true for a floating-point number, which can have a gradient */
/* appends an op; its kind tells the phase */
struct op *net_op(struct net *n, const struct op_kind *kind, struct node *node);
void op_in(struct net *n, struct op *o, struct tensor *t);
void op_out(struct net *n, struct op *o, struct tensor *t); /* sets t->producer */
/* A parameter of the layer; of one that shares another's (`@label`), the other's parameter of that name, and what does
 * not fit is noted in node->misfit. */
struct param *net_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind, struct shape shape,
                        const struct bound *init, int64_t fan_in, int64_t fan_out);
/* The same numbers as a parameter of another kind. */
void param_recast(struct param *p, enum param_kind kind);
/* One of this layer alone, even if it shares all others. */
struct param *net_own_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind,
                            struct shape shape, const struct bound *init, int64_t fan_in, int64_t fan_out);
/* copy.c: a change to the copy does not change the original; they share the spec and its sections. */
struct net *net_copy(const struct net *n);
struct op *op_copy(struct arena *a, const struct op *o); /* of the op alone: what it points to is the same */
/* the product; it cannot overflow, since the shape was checked when it was made */
int64_t shape_size(struct shape s);
int64_t shape_channels(struct shape s); /* the last dimension */
bool shape_equal(struct shape a, struct shape b);
char *shape_print(struct ctx *c, struct shape s); /* "[26,26,32]" */
struct tensor *tensor_root(struct tensor *t);     /* follows view_of to the end */
int64_t op_macs(const struct op *o);              /* multiply-adds of one image */
struct tensor *
op_result(const struct op *o); /* what its kernel stores: out[0] of the last op of its epilogue, or its own out[0] */
int64_t net_parameters(const struct net *n);
int64_t node_parameters(const struct node *n); /* the parameters of one layer */
int64_t net_frozen(const struct net *n);       /* the parameters with trainable=no */
int64_t net_macs(const struct net *n);         /* multiply-adds of one image, of all phases */
struct node *last_node(const struct net *n);   /* the layer that makes the output, the one that net_aim() chose */
/* The name of the network for the reader: of several models, that of the model. */
const char *net_title(const struct net *n);
const char *port_name(const struct port *p);
const struct node *first_use_of(const struct node *n); /* the same layer in the first use of its model, or itself */
const char *input_name(const struct stmt *input);      /* of several models: the name by which the data know an Input */
bool has_several_ports(const struct net *n);           /* more than one input, or more than one output */
bool is_output(const struct net *n, const struct tensor *t);
void node_reads(struct net *n, struct node *o, struct node *input); /* one more input */
/* For each tensor id, how many ops read it; the user counts as one more reader of each output. */
int *net_users(const struct net *n);
/* By the ids of nodes: marks all that the marked ones depend on. Nodes stand behind what they read. */
void net_mark_read(const struct net *n, bool *marked);
void net_renumber(struct net *n); /* leaves out the ops that a pass has set to NULL, and numbers the others anew */
void net_move_op(struct net *n, struct op *o, struct op *before);
const struct bound *node_arg(const struct node *n, const char *name);

/* ---- canonical.c, verify.c */
/* "Conv2D 64 3x3 relu same", however the user spelled it. */
char *node_print(const struct net *n, const struct node *o);
/* "adam beta_1=0.9 beta_2=0.999": every argument that has a value, even a default, except the argument `but`. args
 * NULL: the defaults. */
char *record_print(struct ctx *c, const struct record *r, const struct bound *args, const char *but);
void net_verify(const struct net *n); /* INTERNAL() if an invariant is broken */

/* ---- hash.c */
/* The fingerprint of what the network computes and of its parameters, from the ops that lower makes. Checkpoints of
 * another network are refused. */
uint64_t net_hash(const struct net *n);

#endif
