/**
 * Generates docs/reference: one page for each public module, from its doc comments. The example of a declaration is the
 * region of its name in `examples/`. Every function and value must have one, and every declaration a comment.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import { Application, Comment, CommentTag, Converter, ReflectionKind } from "typedoc"
import { MarkdownPageEvent } from "typedoc-plugin-markdown"

const folder = dirname(fileURLToPath(import.meta.url))
const workspace = join(folder, "../..")

/** Public module → its entry file. */
const modules = {
  "@freshet/core": "packages/core/src/index.ts",
  "@freshet/schema": "packages/schema/src/index.ts",
  "freshet/config": "apps/materializer/src/config.ts",
  "freshet/testing": "apps/materializer/src/testing.ts",
}

/** @returns {Map<string, string>} name of a declaration → its example */
function readExamples() {
  const examples = new Map()
  for (const file of readdirSync(join(folder, "examples"))) {
    const source = readFileSync(join(folder, "examples", file), "utf8")
    const regions = source.matchAll(/^( *)\/\/ #region (\w+)\n([^]*?)\n *\/\/ #endregion$/gm)
    for (const [, indent = "", name = "", code = ""] of regions)
      examples.set(name, code.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
  }
  return examples
}

/** @param {import("typedoc").Application} app */
function nameOptions(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
      if (parameter.name === "__namedParameters") parameter.name = "options"
  })
}

/** @param {import("typedoc").Application} app */
function addExamples(app) {
  const examples = readExamples()
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const declarations = context.project.getReflectionsByKind(
      ReflectionKind.Variable | ReflectionKind.CallSignature,
    )
    for (const declaration of declarations) {
      const { parent, name } = declaration
      const isPublic = declaration.isSignature() ? isModule(parent?.parent) : isModule(parent)
      if (!isPublic) continue
      const example = examples.get(name)
      if (example === undefined) app.logger.error(`${name} has no example`)
      declaration.comment ??= new Comment()
      declaration.comment.blockTags.push(
        new CommentTag("@example", [{ kind: "code", text: `\`\`\`ts\n${example ?? ""}\n\`\`\`` }]),
      )
    }
  })
}

/** @param {import("typedoc").Application} app */
function nameModules(app) {
  const names = Object.keys(modules)
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const [index, module] of (project.children ?? []).entries())
      module.name = names[index] ?? module.name
  })
}

/**
 * Removes tables of type parameters, which signatures and comments explain, and the anchors of properties.
 * @param {import("typedoc").Application} app
 */
function removeTypeParameters(app) {
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = (page.contents ?? "")
      .replaceAll(/^#+ Type Parameters\n\n(\|.*\n)+\n/gm, "")
      .replaceAll(/<a id="[\w-]+"><\/a> /g, "")
  })
}

/** @param {import("typedoc").Reflection | undefined} reflection */
const isModule = (reflection) => reflection?.kindOf(ReflectionKind.Module) === true

/**
 * Writes the pages to a folder, whose files are replaced. Throws an Error if an example or a comment is missing.
 * @param {string} [target] the folder; docs/reference unless given
 */
export async function generateReference(target = join(workspace, "docs/reference")) {
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: Object.values(modules).map((path) => join(workspace, path)),
    tsconfig: join(folder, "tsconfig.json"),
    skipErrorChecking: true,
    readme: "none",
    out: target,
    name: "Reference",
    disableSources: true,
    excludeExternals: true,
    logLevel: "Warn",
    validation: { notExported: true, invalidLink: true, notDocumented: true },
    requiredToBeDocumented: ["Function", "Variable", "Interface", "TypeAlias"],
    packagesRequiringDocumentation: [
      "@freshet/core",
      "@freshet/schema",
      "@freshet/services",
      "@freshet/io",
      "freshet",
    ],
  })
  app.options.setValue("sort", ["source-order"])
  for (const [name, value] of Object.entries(pageOptions)) app.options.setValue(name, value)
  nameModules(app)
  nameOptions(app)
  addExamples(app)
  removeTypeParameters(app)
  const project = await app.convert()
  if (project === undefined) throw new Error("The sources cannot be read.")
  app.validate(project)
  if (app.logger.hasErrors() || app.logger.validationWarningCount > 0)
    throw new Error("The reference is not complete: see above.")
  await app.generateOutputs(project)
}

const pageOptions = {
  outputFileStrategy: "modules",
  excludeScopesInPaths: true,
  flattenOutputFiles: true,
  expandObjects: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  propertyMembersFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: {
    hideModifiers: true,
    hideDefaults: true,
    hideInherited: true,
    leftAlignHeaders: true,
  },
}
