/* meeting.h -- several ranks make one step of training. Each rank has the gradients of its own chunks. It adds those
 * that are whole subtrees of the tree of cnn_reduce(), and ranks exchange these sums: each gets all that belongs to its
 * slice of the parameters, adds the rest of the tree, and updates the slice; then all get all slices. So the bits do
 * not depend on the number of ranks, and a rank holds the optimiser's state of its slice alone.
 *
 * Functions of thread 0 stand between two barriers. Nothing here does anything in a run without other ranks. */
#ifndef CNN_MEETING_H
#define CNN_MEETING_H

#include "engine/engine.h"

struct cnn_mark { /* what a rank tells the others in each step */
    int32_t asked, enough, pause, unused;
};

int cnn_meeting_open(struct cnn_engine *g, struct cnn_error *e);
void cnn_meeting_close(struct cnn_engine *g);

/* The chunks of rank q begin with this one. Chunk 0 is rank 0's. */
int cnn_rank_chunk(const struct cnn_engine *g, int q);

/* ---- a step of a batch of n chunks */

/* Thread 0, before the first chunk. */
void cnn_meet_begin(struct cnn_engine *g, int n);
/* What a chunk tells that some of its gradients are finished. When all chunks of this rank have, these gradients are on
 * their way while the backward pass goes on. */
struct cnn_ready *cnn_meet_ready(const struct cnn_engine *g);
/* Thread 0, before stretch s, which wants sums over the chunks. */
void cnn_meet_stretch(struct cnn_engine *g, int s, int n);
/* The same before a leg of a team that wants such sums. */
void cnn_meet_leg(struct cnn_engine *g, const struct cnn_image_sums *s, int n);
const double *cnn_meet_total(const struct cnn_engine *g); /* those sums */
/* Every thread, after the last stretch: adds its part of the subtrees of this rank's chunks. */
void cnn_meet_subtrees(struct cnn_engine *g, int thread, int n);
/* Thread 0: the sums of subtrees go to the ranks of their slices; the slots of all ranks come to all, and so do
 * marks[ranks], of which this rank's is given. */
void cnn_meet_gradients(struct cnn_engine *g, struct cnn_mark *marks);
/* Every thread: adds its part of this rank's slice. */
void cnn_meet_sum(struct cnn_engine *g, int thread, int n);
/* Does a thread's part of an update. */
void cnn_meet_update(const struct cnn_engine *g, int thread, const struct cnn_update *u);
/* Thread 0, between two phases of an update: the slices of those gradients come to all ranks. */
void cnn_meet_phase(struct cnn_engine *g);
/* Thread 0, after an update: the slices of theta, and the running statistics, come to all ranks. */
void cnn_meet_theta(struct cnn_engine *g);

/* ---- between steps */

/* Rank 0 gets the whole of the optimiser's state. */
void cnn_meet_state(struct cnn_engine *g);
/* All ranks get it, when another network goes on with it. */
void cnn_meet_whole_state(struct cnn_engine *g);
/* Memory of state that is not of this rank's slice is given back. */
void cnn_meeting_forget(struct cnn_engine *g);
/* The counts of metrics, one lane for each chunk, come to all ranks. */
void cnn_meet_lanes(struct cnn_engine *g);

/* ---- buckets.c: the parameters in parts, those first whose gradients are finished first. Each rank owns a share of
 * each. */

struct cnn_bucket {
    size_t begin, end; /* elements, the first a multiple of CNN_BUCKET_BLOCK */
    int mark;          /* of the backward pass, behind which its gradients are finished; -1: behind its end */
};

enum { CNN_MOST_BUCKETS = 8, CNN_BUCKET_BLOCK = 16 };
/* Fills the buckets and returns their number, which is at least one. On one machine it is one, for there it is a core
 * that moves the bytes, and none is idle. CNN_BUCKET in the environment is the least number of bytes of a bucket. */
int cnn_buckets(const struct cnn_model *m, const struct cnn_peers *p, struct cnn_bucket buckets[CNN_MOST_BUCKETS]);
/* Do gradients leave in buckets, while the backward pass goes on? */
int cnn_sends_buckets(const struct cnn_peers *p);
/* The first element of a part of a bucket, of `parts` parts; an update cuts the bucket in the same places. */
size_t cnn_bucket_cut(const struct cnn_bucket *b, size_t part, size_t parts);

/* ---- at_hand.c: memory that all ranks of a machine see */

/* Opens g->near where ranks need not send anything. */
void cnn_engine_near(struct cnn_engine *g);
/* Where rank q has theta there, and the gradient of its chunk number i. */
float *cnn_near_theta(const struct cnn_engine *g, int q);
float *cnn_near_gradient(const struct cnn_engine *g, int q, int i);

/* ---- dealt.c: evaluation */

/* Of `lanes` lanes, those of rank q begin with this one. */
int cnn_rank_lane(const struct cnn_engine *g, int q, int lanes);
/* The slots 0 .. n - 1 and the counts of all lanes come to all ranks. */
void cnn_gather_evaluated(struct cnn_engine *g, int64_t n, int lanes);

#endif
