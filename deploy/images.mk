# Images and their contents; included by the Makefile.
IMAGE_BUILDER ?= $(firstword $(foreach tool,docker buildah podman,$(shell command -v $(tool))))
IMAGE_PREFIX ?= wrapped-
IMAGE_VERSION ?= 0.1.0
IMAGE_TAG ?= $(IMAGE_VERSION)
IMAGE_REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
IMAGE_ARGS ?=
# name@sha256:..., so that a tag that moves changes no image; `make base-image` records it.
BASE_IMAGE ?= $(shell cat deploy/base-image)
# Time stamps in images: two builds of a commit differ in nothing that we control (deploy/README.md).
IMAGE_EPOCH := 1577836800
export SOURCE_DATE_EPOCH := $(IMAGE_EPOCH)
IMAGE_BUILD = $(IMAGE_BUILDER) build $(if $(filter %buildah %podman,$(IMAGE_BUILDER)),--timestamp $(IMAGE_EPOCH)) $(IMAGE_ARGS) \
  --build-arg BASE_IMAGE=$(BASE_IMAGE) --build-arg VERSION=$(IMAGE_VERSION) --build-arg REVISION=$(IMAGE_REVISION)
SBOM_DIR := .wrapped/sbom
SIGNING_KEY ?= .wrapped/keys/images.pem
image-name = $(IMAGE_PREFIX)$(subst _,-,$(1)):$(IMAGE_TAG)

.PHONY: images image-system base-image sbom scan sign verify signing-key test-images compose-secrets \
  $(addprefix image-,$(LOCATIONS)) $(addprefix sbom-,$(LOCATIONS) system) $(addprefix status-,$(LOCATIONS) system)

images: image-system $(addprefix image-,$(LOCATIONS))  ## all images (image-<location> and image-system build one)

$(addprefix image-,$(LOCATIONS)): image-%: .have-image-builder .have-base-digest
	$(IMAGE_BUILD) --build-arg LOCATION=$* -f deploy/location.Dockerfile -t $(call image-name,$*) .

image-system: .have-image-builder .have-base-digest  ## the image for webserver and daemon
	$(IMAGE_BUILD) -f deploy/system.Dockerfile -t $(call image-name,system) .

.PHONY: .have-image-builder .have-base-digest
.have-image-builder:
	@test -n "$(IMAGE_BUILDER)" || { echo "no docker, buildah or podman found: install one, or set IMAGE_BUILDER" >&2; exit 1; }

.have-base-digest:
	@echo "$(BASE_IMAGE)" | grep -qE '^(localhost/.+|.+@sha256:[0-9a-f]{64})$$' || { echo "the base image has no digest: \
	run 'make base-image' and commit deploy/base-image, or set BASE_IMAGE to name@sha256:..." >&2; exit 1; }

base-image: .have-image-builder  ## record the digest of the base image's tag in deploy/base-image, to be committed
	@tag=$$(sed 's/@.*//' deploy/base-image); $(IMAGE_BUILDER) pull -q "$$tag" >/dev/null && \
	digest=$$($(IMAGE_BUILDER) image inspect --format '{{index .RepoDigests 0}}' "$$tag") && \
	echo "$$tag@$${digest#*@}" > deploy/base-image && cat deploy/base-image

sbom: $(addprefix sbom-,$(LOCATIONS) system)  ## a CycloneDX bill of materials for each image, in .wrapped/sbom

$(addprefix sbom-,$(LOCATIONS) system): sbom-%: setup
	@mkdir -p $(SBOM_DIR)
	@$(BIN)/python deploy/sbom.py $* --version $(IMAGE_VERSION) $(addprefix --status ,$(wildcard $(SBOM_DIR)/$*.status)) \
	  > $(SBOM_DIR)/$*.cdx.json
	@echo $(SBOM_DIR)/$*.cdx.json

# The system packages of a built image (status-<location>, status-system), for the next `make sbom`.
$(addprefix status-,$(LOCATIONS) system): status-%: .have-image-builder
	@mkdir -p $(SBOM_DIR)
	@$(IMAGE_BUILDER) run --rm --network none $(call image-name,$*) cat /var/lib/dpkg/status > $(SBOM_DIR)/$*.status

scan: sbom  ## compare the bills of materials with ADVISORIES, a file or folder of OSV advisories; needs no network
	@test -n "$(ADVISORIES)" || { echo "set ADVISORIES to a file or folder in the OSV format (deploy/README.md)" >&2; exit 1; }
	@$(BIN)/python deploy/scan.py --advisories "$(ADVISORIES)" $(SBOM_DIR)/*.cdx.json

signing-key: setup  ## a new key for `make sign`, in .wrapped/keys (SIGNING_KEY); keep the private one secret
	@$(BIN)/python deploy/provenance.py keys --key $(SIGNING_KEY)

sign: setup .have-base-digest  ## sign the provenance of IMAGE (name@sha256:..., LOCATION=<location>|system), in .wrapped/sbom
	@test -n "$(IMAGE)" -a -n "$(LOCATION)" || { echo "set IMAGE to name@sha256:... and LOCATION to what is in it" >&2; exit 1; }
	@mkdir -p $(SBOM_DIR)
	@$(BIN)/python deploy/provenance.py sign --key $(SIGNING_KEY) --image $(IMAGE) --base $(BASE_IMAGE) \
	  --revision $(IMAGE_REVISION) deploy/build.lock $(wildcard $(SBOM_DIR)/$(LOCATION).cdx.json) \
	  $(if $(filter system,$(LOCATION)),deploy/system.Dockerfile deploy/requirements.lock,deploy/location.Dockerfile \
	  code_locations/$(LOCATION)/requirements.lock) > $(SBOM_DIR)/$(LOCATION).provenance.json
	@echo $(SBOM_DIR)/$(LOCATION).provenance.json

verify: setup  ## verify the provenance of IMAGE (LOCATION=...) with the public key
	@$(BIN)/python deploy/provenance.py verify --key $(SIGNING_KEY).pub --image $(IMAGE) $(SBOM_DIR)/$(LOCATION).provenance.json

test-images: setup  ## build, inspect and start the real images (minutes; see tests/test_images_built.py)
	@$(BIN)/pytest -m cluster -s tests/test_images_built.py

compose-secrets:  ## random passwords for deploy/compose.yaml, in deploy/secrets (never committed)
	@$(PYTHON) deploy/compose_secrets.py
