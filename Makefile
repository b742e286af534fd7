# cnnc -- plain GNU make, not recursive; build/ holds every product. `make help` lists the targets.
#
#   make quickstart     from a bare Debian to a trained network
#   make check          every test
#   make                build/cnnc, build/libcnn.a, build/include
#
# Variants live in folders of their own: make BUILD=build/asan SAN=-fsanitize=address,undefined

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= cc
AR      ?= ar
BISON   ?= bison
FLEX    ?= flex
CFLAGS  ?= -O2 -g
SAN     ?=
WERROR  ?=

WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
# flex and bison write their own C: theirs is compiled with the plain warnings only
WARN_GEN  := -Wall -Wextra -Wno-unused-function -Wno-sign-compare
CPPFLAGS_ := -D_DEFAULT_SOURCE -DCNNC_VERSION='"$(VERSION)"' -DCNNC_PREFIX='"$(PREFIX)"'
CFLAGS_   := -std=c11 -fPIC $(CFLAGS) $(SAN) -MMD -MP
INC       := -Icompiler -I$(BUILD)/gen
G         := $(BUILD)/gen
O         := $(BUILD)/obj

# ---- what there is

compiler_c := $(sort $(wildcard compiler/*.c compiler/*/*.c))
runtime_c  := $(sort $(wildcard runtime/*.c))
kernels_ct := $(sort $(wildcard compiler/kernels/*.ct))
grammar    := $(if $(wildcard grammar/net.y),$(G)/net.tab.c) $(if $(wildcard grammar/net.l),$(G)/net.lex.c)
kernels_c  := $(kernels_ct:compiler/kernels/%.ct=$(G)/kernels/%.c)
generated  := $(grammar) $(kernels_c) $(G)/tables.c $(if $(wildcard runtime/vec.h),$(G)/vec_text.c)

compiler_o := $(compiler_c:%.c=$(O)/%.o) $(generated:$(G)/%.c=$(O)/gen/%.o)
runtime_o  := $(runtime_c:%.c=$(O)/%.o)
headers    := $(patsubst runtime/%,$(BUILD)/include/%,$(wildcard runtime/cnn.h runtime/vec.h))

.PHONY: all
all: $(BUILD)/cnnc $(BUILD)/libcnn.a $(headers)

$(BUILD)/cnnc: $(compiler_o)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ -lyaml -lm

# the compiler as a library: what unit tests link with
$(BUILD)/libcnnc.a: $(filter-out $(O)/compiler/main.o,$(compiler_o))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libcnn.a: $(runtime_o)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/include/%: runtime/%
	@mkdir -p $(@D)
	cp $< $@

# ---- C

$(O)/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_) $(CPPFLAGS) -Iruntime $(CFLAGS_) $(WARN) -c -o $@ $<

# net.tab.h and net.lex.h must stand before anything that may include them is compiled
$(O)/compiler/%.o: compiler/%.c | $(grammar)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN) -c -o $@ $<

$(O)/gen/net.%.o: $(G)/net.%.c | $(grammar)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN_GEN) -c -o $@ $<

$(O)/gen/%.o: $(G)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN) -c -o $@ $<

# ---- generated C: the grammar, the kernels, the tables

$(G)/net.tab.c: grammar/net.y
	@mkdir -p $(@D)
	$(BISON) -Wall -Werror --defines=$(G)/net.tab.h -o $@ $<

$(G)/net.lex.c: grammar/net.l
	@mkdir -p $(@D)
	$(FLEX) --header-file=$(G)/net.lex.h -o $@ $<

$(G)/ct.c: grammar/ct.l
	@mkdir -p $(@D)
	$(FLEX) -o $@ $<

$(BUILD)/ct: $(G)/ct.c
	$(CC) -std=c11 -D_DEFAULT_SOURCE $(CFLAGS) $(WARN_GEN) -o $@ $<

$(G)/kernels/%.c: compiler/kernels/%.ct $(BUILD)/ct
	@mkdir -p $(@D)
	$(BUILD)/ct $< >$@.tmp && mv $@.tmp $@

# the sources it reads change often, the tables seldom: keep the old file, and its date, when nothing changed
$(G)/tables.c: scripts/tables.sh $(compiler_c) $(kernels_ct)
	@mkdir -p $(@D)
	sh scripts/tables.sh compiler >$@.tmp && mv $@.tmp $@

$(G)/vec_text.c: scripts/text.sh runtime/vec.h
	@mkdir -p $(@D)
	sh scripts/text.sh vec_h_text runtime/vec.h >$@.tmp && mv $@.tmp $@

-include $(compiler_o:.o=.d) $(runtime_o:.o=.d)

.SECONDARY:
.DELETE_ON_ERROR:

.PHONY: clean
clean:
	rm -rf $(BUILD)
