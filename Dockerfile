# One image for the portal, for the daily snapshot as a Lambda function, and for one-off jobs (docs/adr/0021).
#
#   docker build -t opsportal .
#   docker build -t opsportal --build-arg BASE_IMAGE=python:3.13-slim@sha256:<digest> .     to build it twice alike
#
# Any base with Python 3.11 or newer, its module venv, and a C library that wheels are made for (no Alpine).
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

# What we depend on, by its hashes and from wheels alone: no compiler is needed, none is there. pip stays outside, and so
# do setuptools and nest-asyncio, which Dash names and does without, and the tests of others. Bytecode is made now: later
# nobody may write.
# Dash puts the time of a script into its address: layers round it, and the next build shall have the same.
COPY requirements/image.txt requirements/build.txt requirements/node.txt requirements/sbom.txt requirements/
RUN python3 -m venv /tools \
    && /tools/bin/pip install -q --require-hashes --only-binary :all: -r requirements/build.txt -r requirements/sbom.txt \
    && python3 -m venv --without-pip /venv \
    && /tools/bin/pip --python /venv/bin/python install -q --no-compile --require-hashes --only-binary :all: \
        -r requirements/image.txt \
    && packages="$(/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && rm -rf "$packages"/setuptools* "$packages"/pkg_resources "$packages"/*distutils* "$packages"/nest_asyncio* \
    && find "$packages" -type d -name tests -prune -exec rm -rf {} + \
    && find "$packages" -exec touch -d 2000-01-01T00:00:00Z {} + \
    && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "$packages"

# The small build of plotly.js: the checkout's own where it was fetched there, else npm's, else the full build serves.
COPY . .
RUN python3 scripts/vendor.py dashboard

# What all this is, for whoever looks after many images: /srv/sbom.json. Whatever is not in the lock stops the build here.
RUN mkdir -p /srv \
    && /tools/bin/python -m scripts.sbom --lock requirements/image.txt --without setuptools --without nest-asyncio \
        --packages "$(/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" >/srv/sbom.json

# The version and the command `opsportal`; the code itself stays where it is.
RUN PYTHONPATH="$(/tools/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    /venv/bin/python -m pip install -q --no-deps --no-build-isolation --editable .

RUN /venv/bin/python -m dashboard.static /srv/static

# Whoever may run it may read it, whatever the modes of the checkout were.
RUN rm -rf .venv-node build requirements scripts pyproject.toml README.md \
    && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /app \
    && chmod -R a+rX,go-w /app /venv /srv/static /srv/sbom.json


FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="opsportal" org.opencontainers.image.licenses="Apache-2.0"

# The base's own pip goes, and what it brings to install itself. Its library gets the bytecode that slim images lack.
RUN library="$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && for part in distutils ensurepip idlelib lib2to3 pydoc_data test tkinter turtledemo; do rm -rf "${library:?}/$part"; done \
    && rm -rf "$library"/site-packages/pip* "$library"/site-packages/setuptools* "$library"/site-packages/wheel* \
        /usr/lib/python3/dist-packages/pip* /usr/lib/python3/dist-packages/setuptools* \
        /usr/lib/python3/dist-packages/pkg_resources /usr/lib/python3/dist-packages/_distutils_hack \
        /usr/share/python-wheels /usr/local/bin/pip* /usr/local/bin/idle* \
    && python3 -m compileall -q --invalidation-mode unchecked-hash "$library"

COPY --from=build /venv /venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/sbom.json /srv/sbom.json
# The made-up Jira and Tempo come along: `docker compose up` shows the portal on them, and no file of theirs runs elsewhere.
COPY --from=build /app /app

ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    STATIC_DIR=/srv/static
WORKDIR /app
# The one place to write to where the rest is read-only; declared here, Fargate gives its volume the mode of the folder.
VOLUME ["/tmp"]
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# For Docker and Compose. ECS does not look at it: the task definition says the same.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "dashboard.healthcheck"]
CMD ["gunicorn", "-c", "python:dashboard.gunicorn_conf", "dashboard.wsgi:server"]
