# The image of one code location: its locked dependencies, its own package, those of `shared` that it declares, and
# nothing else.
#   make image-<location>, or: IMAGE_BUILDER build -f deploy/location.Dockerfile --build-arg LOCATION=<location> .
# It serves its definitions on port 4000; a run is the same image with another command. It needs no settings to
# start, writes only to /tmp, and runs with a read-only root file system and without capabilities.
ARG BASE_IMAGE=python:3.11.14-slim-bookworm

# The dependencies, from the location's lock. --only-binary: nothing is compiled, so no compiler is needed.
FROM ${BASE_IMAGE} AS dependencies
ARG LOCATION
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1 PYTHONHASHSEED=0
COPY deploy/slim.py /build/slim.py
COPY code_locations/${LOCATION}/requirements.lock /build/requirements.lock
RUN python3 -m venv --without-pip /app/.venv \
 && pip --python /app/.venv/bin/python install --quiet --no-compile --no-deps --only-binary :all: \
      --require-hashes -r /build/requirements.lock \
 && site="$(/app/.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
 && echo /app/code > "$site/wrapped.pth" \
 && /app/.venv/bin/python /build/slim.py "$site" \
 && find /app -exec touch -h -d @1577836800 {} +

# Our own packages, as wheels without dependencies, in a separate folder: a small layer on top of a large one. Of the
# shared packages those are built that the location's pyproject.toml names.
FROM dependencies AS code
ARG LOCATION
COPY deploy/build.lock /build/build.lock
RUN python3 -m venv --without-pip /build/venv \
 && pip --python /build/venv/bin/python install --quiet --no-compile --no-deps --only-binary :all: \
      --require-hashes -r /build/build.lock
COPY shared/wrapped_shared/pyproject.toml /build/shared/wrapped-shared/
COPY shared/wrapped_shared/src /build/shared/wrapped-shared/src
COPY shared/wrapped_card/pyproject.toml /build/shared/wrapped-card/
COPY shared/wrapped_card/src /build/shared/wrapped-card/src
COPY code_locations/${LOCATION}/pyproject.toml /build/location/
COPY code_locations/${LOCATION}/src /build/location/src
RUN export SOURCE_DATE_EPOCH=1577836800 \
 && for package in location $(grep -v '^name' /build/location/pyproject.toml | grep -oE 'runelite-wrapped-[a-z]+' | sort -u | sed 's,^runelite-,shared/,'); do \
      cd "/build/$package" && /build/venv/bin/python -m hatchling build -t wheel -d /build/wheels || exit 1; \
    done \
 && pip --python /app/.venv/bin/python install --quiet --no-compile --no-deps --no-index --target /app/code /build/wheels/*.whl \
 && /app/.venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app/code \
 && /app/.venv/bin/python -c "import ${LOCATION}.definitions"
ARG VERSION=0.1.0
ARG REVISION=unknown
RUN echo "wrapped-${LOCATION} ${VERSION} ${REVISION}" > /app/code/release \
 && find /app/code -exec touch -h -d @1577836800 {} +

# The base image without what installs software: no apt, perl, pip, documentation. The list of its packages stays.
FROM ${BASE_IMAGE} AS runtime
COPY deploy/slim-base.sh /tmp/slim-base.sh
RUN sh /tmp/slim-base.sh && rm /tmp/slim-base.sh

# The arguments come after the COPY that they belong to: some builders omit them from their cache
# key and would give an image another one's labels or location. The file `release` differs whenever they do.
FROM scratch
COPY --from=runtime / /
COPY --from=dependencies /app/.venv /app/.venv
COPY --from=code /app/code /app/code
ARG LOCATION
ARG VERSION=0.1.0
ARG REVISION=unknown
# No DAGSTER_HOME: with it the server would open (and, without a dagster.yaml, write) an instance, which it does not
# need; a run gets its instance when it is started. DAGSTER_CLI_API_GRPC_*: Dagster's own environment names for the
# options --module-name and --location-name of `dagster api grpc`; a run's command does not read them.
ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DAGSTER_DISABLE_TELEMETRY=true \
    DAGSTER_CLI_API_GRPC_MODULE_NAME=${LOCATION}.definitions \
    DAGSTER_CLI_API_GRPC_LOCATION_NAME=${LOCATION}
LABEL org.opencontainers.image.title="wrapped-${LOCATION}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /opt/dagster
USER 10001:10001
EXPOSE 4000
CMD ["dagster", "api", "grpc", "-h", "0.0.0.0", "-p", "4000"]
