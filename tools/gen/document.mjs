/** The OpenAPI document of the native API as text. It names no installation: its server is where it was fetched from. */
export const documentText = ({ openApiDocument, operations, tagDescriptions }) => `${JSON.stringify(openApiDocument(operations, {
  title: 'Tenantry',
  version: '2',
  serverUrl: '/',
  tags: tagDescriptions,
  description: 'A self-hosted database cloud: organisations, people, keys and databases, and one gateway that runs SQL on them.\n\n'
    + 'The folder `docs` of the source has a page about every refusal (`errors.md`), about the limits (`limits.md`) and about who may do what (`rights.md`).',
}), undefined, 2)}\n`
