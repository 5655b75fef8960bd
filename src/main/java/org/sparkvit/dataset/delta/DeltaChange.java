package org.sparkvit.dataset.delta;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * The change of a table by one commit.
 *
 * @param schema the schema of the table from now on, with the comments of its columns, or empty to
 *     keep the present one
 * @param comment the comment of the table from now on. Where it is empty, the table keeps its
 *     comment, or has none if a schema is given
 * @param add the files to add
 * @param remove the files of the version before to remove
 * @param isRewrite whether the rows stay the same, in other files
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

  /**
   * Creates a change without a comment. The table keeps its comment, or has none if a schema is
   * given.
   */
  public DeltaChange(
      Optional<StructType> schema, List<NewFile> add, List<DataFile> remove, boolean isRewrite) {
    this(schema, Optional.empty(), add, remove, isRewrite);
  }
}
