/** The part of the Parquet writer that is used; loaded when the output is opened. */
export { parquetWriteBuffer } from 'hyparquet-writer';
