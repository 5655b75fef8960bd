package org.sparkvit.dataset.delta.spark;

import java.util.List;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;
import scala.collection.JavaConverters;
import scala.collection.immutable.Seq;

/**
 * Spark's own commit protocol in terms of Java. The type of a Scala sequence in Spark's signatures
 * differs between Scala 2.12 and 2.13, so each has a class of this name.
 */
abstract class JavaCommitProtocol extends SQLHadoopMapReduceCommitProtocol {
  private static final long serialVersionUID = 1L;

  JavaCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
    super(jobId, path, dynamicPartitionOverwrite);
  }

  /** Returns whether {@link #commit} commits a job. Otherwise Spark does. */
  abstract boolean commits(JobContext context);

  /** Commits a job, each of whose tasks has sent one message. */
  abstract void commit(List<TaskCommitMessage> messages);

  @Override
  @SuppressWarnings("deprecation") // the only converters that both versions of Scala have
  public final void commitJob(JobContext context, Seq<TaskCommitMessage> messages) {
    if (commits(context)) {
      commit(JavaConverters.seqAsJavaList(messages));
    } else {
      super.commitJob(context, messages);
    }
  }
}
