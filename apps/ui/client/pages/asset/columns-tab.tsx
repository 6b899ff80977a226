import type { AssetDetailDocument } from "../../api/documents.ts"

/** The data dictionary of an asset. */
export function ColumnsTab({ asset: { columns } }: { readonly asset: AssetDetailDocument }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Columns">
      <table>
        <thead>
          <tr>
            <th>Column</th>
            <th>Type</th>
            <th>Unit</th>
            <th>Null</th>
            <th>Description</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, type, unit, nullable, description }) => (
            <tr key={name}>
              <td className="mono strong nowrap">{name}</td>
              <td className="mono quiet nowrap">{type}</td>
              <td className="quiet">{unit}</td>
              <td className="quiet">{nullable ? "allowed" : "never"}</td>
              <td>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
