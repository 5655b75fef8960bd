package org.sparkvit.dataset.delta.spark;

import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * An index of files in terms of Java. The type of a Scala sequence in Spark's signatures differs
 * between Scala 2.12 and 2.13, so each has a class of this name.
 */
abstract class JavaFileIndex implements FileIndex {
  /** Returns the folder that holds the files at any depth. */
  abstract Path root();

  /** Returns the files, none of which belongs to a partition of the table. */
  abstract List<FileStatus> files();

  @Override
  public final Seq<Path> rootPaths() {
    return seq(List.of(root()));
  }

  @Override
  public final Seq<PartitionDirectory> listFiles(
      Seq<Expression> partitionFilters, Seq<Expression> dataFilters) {
    return seq(
        List.of(PartitionDirectory.apply(InternalRow.empty(), files().toArray(new FileStatus[0]))));
  }

  @SuppressWarnings("deprecation") // the only converters that both versions of Scala have
  private static <T> Seq<T> seq(List<T> elements) {
    return JavaConverters.asScalaBuffer(elements).toSeq();
  }
}
