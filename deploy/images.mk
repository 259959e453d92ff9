# Images and their contents; included by the Makefile.
IMAGE_BUILDER ?= $(firstword $(foreach tool,docker buildah podman,$(shell command -v $(tool))))
IMAGE_PREFIX ?= wrapped-
IMAGE_VERSION ?= 0.1.0
IMAGE_TAG ?= $(IMAGE_VERSION)
IMAGE_REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
IMAGE_ARGS ?=
IMAGE_BUILD = $(IMAGE_BUILDER) build $(IMAGE_ARGS) --build-arg VERSION=$(IMAGE_VERSION) --build-arg REVISION=$(IMAGE_REVISION)
SBOM_DIR := .wrapped/sbom

.PHONY: images image-system sbom test-images compose-secrets $(addprefix image-,$(LOCATIONS)) $(addprefix sbom-,$(LOCATIONS) system)

images: image-system $(addprefix image-,$(LOCATIONS))  ## all images (image-<location> and image-system build one)

$(addprefix image-,$(LOCATIONS)): image-%: .have-image-builder
	$(IMAGE_BUILD) --build-arg LOCATION=$* -f deploy/location.Dockerfile -t $(IMAGE_PREFIX)$(subst _,-,$*):$(IMAGE_TAG) .

image-system: .have-image-builder  ## the image for webserver and daemon
	$(IMAGE_BUILD) -f deploy/system.Dockerfile -t $(IMAGE_PREFIX)system:$(IMAGE_TAG) .

.PHONY: .have-image-builder
.have-image-builder:
	@test -n "$(IMAGE_BUILDER)" || { echo "no docker, buildah or podman found: install one, or set IMAGE_BUILDER" >&2; exit 1; }

sbom: $(addprefix sbom-,$(LOCATIONS) system)  ## a CycloneDX bill of materials for each image, in .wrapped/sbom

$(addprefix sbom-,$(LOCATIONS) system): sbom-%: setup
	@mkdir -p $(SBOM_DIR)
	@$(BIN)/python deploy/sbom.py $* --version $(IMAGE_VERSION) > $(SBOM_DIR)/$*.cdx.json
	@echo $(SBOM_DIR)/$*.cdx.json

test-images: setup  ## build, inspect and start the real images (minutes; see tests/test_images_built.py)
	@$(BIN)/pytest -m cluster -s tests/test_images_built.py

compose-secrets:  ## random passwords for deploy/compose.yaml, in deploy/secrets (never committed)
	@$(PYTHON) deploy/compose_secrets.py
