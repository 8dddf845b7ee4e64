# What a person can ask for. `make` alone says what there is.
#
# SUDO=1    an ordinary user lets `make install-deps` (and what builds on it) use sudo
# SWIFT=…   another compiler than the one that scripts/find-swift finds
# REFERENCE=DIR  what `make parity` compares with: a folder with checkpoints/ and goldens/, fixtures/models unless given
# PREFIX=…  where `make install` puts things, /usr/local unless given; DESTDIR=… goes before it

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-avx2-vnni test-neon build install uninstall man install-deps format lint bench parity clean

find_swift = swift=$${SWIFT:-$$(scripts/find-swift)};
sudo_option = $(if $(SUDO),--sudo)

PREFIX ?= /usr/local
REFERENCE ?= fixtures/models

help: ## Say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' \
	    | while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

demo: build ## Install what is missing, build, read the receipts in fixtures/, show the CSV
	@scripts/demo

test: ## Install what the tests need, check the format, run all tests
	@scripts/install-packages test $(sudo_option)
	@scripts/run-tests

test-avx2-vnni: ## Run the kernels for AVX-VNNI on a processor that has AVX-512 VNNI instead
	@scripts/test-avx2-vnni

test-neon: ## Run the kernels for 64-bit Arm in an emulator
	@scripts/test-neon

build: install-deps ## Build the release binary at .build/release/docket
	@$(find_swift) "$$swift" build --configuration release --static-swift-stdlib --product docket

install: ## After make build: install program, manual, completions and pipelines below PREFIX
	@scripts/install-program "$(DESTDIR)$(PREFIX)"

uninstall: ## Remove what make install put below PREFIX
	@scripts/install-program --remove "$(DESTDIR)$(PREFIX)"

man: build ## Write the manual page to .build/docket.1; man -l shows it
	@scripts/make-manual .build/release/docket >.build/docket.1

install-deps: ## Install the Debian packages that are missing
	@scripts/install-packages build $(sudo_option)

format: ## Format all Swift sources in place
	@$(find_swift) "$$swift" format --in-place --parallel --recursive Sources Tests Package.swift

lint: ## Say what is not formatted, or undocumented
	@$(find_swift) "$$swift" format lint --strict --parallel --recursive Sources Tests Package.swift

bench: build ## Measure speed and errors against tesseract and ocrmypdf, in pairs
	@Benchmarks/run

parity: ## Hold every stage of the engine against recordings of the reference in REFERENCE
	@scripts/install-packages test $(sudo_option)
	@$(find_swift) "$$swift" build --product parity
	@.build/debug/parity "$(REFERENCE)"

clean: ## Remove what was built, and the demo's database
	@rm -rf .build .demo
