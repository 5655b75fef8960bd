package org.sparkvit.dataset.delta;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * What one commit does to a table.
 *
 * @param schema of the table from now on, with the comments of its columns; empty where it stays as
 *     it is
 * @param comment of the table from now on; with a schema and no comment it has none, and else it
 *     stays as it is
 * @param add files that come
 * @param remove files of the version before that go
 * @param isRewrite whether the rows stay the same ones, in other files
 */
public record DeltaChange(
    Optional<StructType> schema,
    Optional<String> comment,
    List<NewFile> add,
    List<DataFile> remove,
    boolean isRewrite) {
  public DeltaChange {
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }

  /** As the other, of a table without a comment, or one that keeps it. */
  public DeltaChange(
      Optional<StructType> schema, List<NewFile> add, List<DataFile> remove, boolean isRewrite) {
    this(schema, Optional.empty(), add, remove, isRewrite);
  }
}
