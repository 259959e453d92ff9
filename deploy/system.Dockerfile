# The system image: webserver and daemon for all locations, and the migration of the instance's storage.
#   make image-system, or: IMAGE_BUILDER build -f deploy/system.Dockerfile .
# It contains Dagster and the run launcher that dagster.yaml names, but no location's code. dagster.yaml and workspace.yaml
# are mounted at /opt/dagster (DAGSTER_HOME), so that changing them needs no new image. Commands: dagster-webserver
# -h 0.0.0.0 -p 3000, dagster-daemon run, dagster instance migrate.
ARG BASE_IMAGE=python:3.11.14-slim-bookworm

FROM ${BASE_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1 PYTHONHASHSEED=0
COPY deploy/slim.py /build/slim.py
COPY deploy/requirements.lock /build/requirements.lock
RUN python3 -m venv --without-pip /app/.venv \
 && pip --python /app/.venv/bin/python install --quiet --no-compile --no-deps --only-binary :all: \
      --require-hashes -r /build/requirements.lock \
 && site="$(/app/.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
 && echo /app/code > "$site/wrapped.pth" \
 && /app/.venv/bin/python /build/slim.py "$site" \
 && find /app -exec touch -h -d @1577836800 {} +

# The run launcher, as a wheel without dependencies, in a separate folder, like a location's code in its image.
FROM dependencies AS code
COPY deploy/build.lock /build/build.lock
RUN python3 -m venv --without-pip /build/venv \
 && pip --python /build/venv/bin/python install --quiet --no-compile --no-deps --only-binary :all: \
      --require-hashes -r /build/build.lock
COPY shared/wrapped_launcher/pyproject.toml /build/launcher/
COPY shared/wrapped_launcher/src /build/launcher/src
RUN export SOURCE_DATE_EPOCH=1577836800 \
 && cd /build/launcher && /build/venv/bin/python -m hatchling build -t wheel -d /build/wheels \
 && pip --python /app/.venv/bin/python install --quiet --no-compile --no-deps --no-index --target /app/code /build/wheels/*.whl \
 && /app/.venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app/code \
 && /app/.venv/bin/python -c "import wrapped_launcher"
ARG VERSION=0.1.0
ARG REVISION=unknown
RUN echo "wrapped-system ${VERSION} ${REVISION}" > /app/release \
 && find /app/code /app/release -exec touch -h -d @1577836800 {} +

# The base image without what installs software: no apt, perl, pip, documentation. The list of its packages stays.
FROM ${BASE_IMAGE} AS runtime
COPY deploy/slim-base.sh /tmp/slim-base.sh
RUN sh /tmp/slim-base.sh && rm /tmp/slim-base.sh

# The arguments come after the COPY that they belong to: some builders omit them from their cache key.
FROM scratch
COPY --from=runtime / /
COPY --from=dependencies /app/.venv /app/.venv
COPY --from=code /app/code /app/code
COPY --from=code /app/release /app/release
ARG VERSION=0.1.0
ARG REVISION=unknown
ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DAGSTER_HOME=/opt/dagster \
    DAGSTER_DISABLE_TELEMETRY=true
LABEL org.opencontainers.image.title="wrapped-system" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /opt/dagster
USER 10001:10001
EXPOSE 3000
CMD ["dagster-webserver", "-h", "0.0.0.0", "-p", "3000", "-w", "/opt/dagster/workspace.yaml"]
