package org.sparkvit.core;

/**
 * Thrown for a table that does not hold what its readers rely on. The message names the table and
 * the column.
 */
public final class DataException extends UserException {
  public DataException(String table, String column, String problem) {
    super("table '" + table + "', column '" + column + "': " + problem);
  }
}
