package org.sparkvit.delta;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * What one commit does to a table.
 *
 * @param schema of the table from now on; empty where it stays as it is
 * @param add files that come
 * @param remove files of the version before that go
 * @param isRewrite whether the rows stay the same ones, in other files
 */
public record DeltaChange(
    Optional<StructType> schema, List<NewFile> add, List<DataFile> remove, boolean isRewrite) {
  public DeltaChange {
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }
}
