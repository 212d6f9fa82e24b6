import type { Table } from './table';

interface DataTableProps {
  readonly table: Table;
  /** What it lists. */
  readonly name: string;
  /** True if the last row is the sum of the others. */
  readonly total?: boolean;
}

/** A table that scrolls if it is too wide. It can be focused, so that keys scroll it. */
export function DataTable({ table: { columns, rows }, name, total = false }: DataTableProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="device-scroll" role="region" aria-label={name} tabIndex={0}>
      <table className="device-table" data-total={total}>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={column} scope="col" data-numbers={i > 0}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head = '', ...values]) => (
            <tr key={head}>
              <th scope="row">{head}</th>
              {values.map((value, i) => (
                <td key={columns[i + 1]}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
