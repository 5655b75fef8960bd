package org.sparkvit.core;

/**
 * A table that is not what its readers were promised; the message names the table and the column.
 */
public final class DataException extends UserException {
  public DataException(String table, String column, String problem) {
    super("table '" + table + "', column '" + column + "': " + problem);
  }
}
