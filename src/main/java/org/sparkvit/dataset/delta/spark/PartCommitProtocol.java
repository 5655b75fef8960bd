package org.sparkvit.dataset.delta.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;
import org.sparkvit.dataset.delta.FileStatistics;
import org.sparkvit.dataset.delta.NewFile;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * How the tasks of a write agree on which files count. Each attempt of a task writes files of names
 * of its own where they are to stay, and tells the driver which they are, with what their footers
 * say; Spark hands on the word of one attempt of each task. By itself Spark would move each file
 * twice, which on S3 is a copy, and list the folder.
 *
 * <p>Only what {@link PartWriter} writes is written so. For anything else, such as an export, this
 * is the protocol that Spark has by itself.
 */
public final class PartCommitProtocol extends SQLHadoopMapReduceCommitProtocol {
  /** Option of a write: the columns whose statistics are wanted, as {@link #text} spells them. */
  static final String COLUMNS = "sparkvit.part.columns";

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was written, by folder, until it is forgotten; on the driver. */
  private static final Map<Path, List<NewFile>> WRITTEN = new ConcurrentHashMap<>();

  private final String folder;

  /** The files of this attempt of a task. */
  private transient List<Path> files;

  /** Spark calls it. */
  public PartCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
    super(jobId, path, dynamicPartitionOverwrite);
    this.folder = path;
  }

  static String text(List<String> columns) {
    try {
      return JSON.writeValueAsString(columns);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(columns.toString(), e);
    }
  }

  /**
   * Returns the files that a write to a folder has made.
   *
   * @throws IllegalStateException when there has been none by this protocol
   */
  static List<NewFile> written(Path folder) {
    List<NewFile> written = WRITTEN.get(folder);
    // A task that has no rows writes a file, too, if it is the first; so there is one at least.
    if (written == null || written.isEmpty()) {
      throw new IllegalStateException(
          "Spark has written to "
              + folder
              + " in a way of its own, so it is not known which files count; this build does not"
              + " fit this version of Spark");
    }
    return written.stream()
        .filter(file -> file.rows() > 0)
        .sorted(Comparator.comparing(NewFile::path))
        .toList();
  }

  /**
   * Frees what {@link #written} tells of a folder, also of a write that failed behind its commit.
   */
  static void forget(Path folder) {
    WRITTEN.remove(folder);
  }

  /** As bytes: Kryo, which a session may have chosen for what tasks answer, knows no records. */
  static TaskCommitMessage message(List<NewFile> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      for (NewFile file : files) {
        out.writeObject(file);
      }
      out.writeObject(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TaskCommitMessage(bytes.toByteArray());
  }

  static List<NewFile> files(TaskCommitMessage message) {
    List<NewFile> files = new ArrayList<>();
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream((byte[]) message.obj()))) {
      for (Object file = in.readObject(); file != null; file = in.readObject()) {
        files.add((NewFile) file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return files;
  }

  private static boolean isOurs(JobContext context) {
    return context.getConfiguration().get(COLUMNS) != null;
  }

  @Override
  public void setupJob(JobContext context) {
    if (!isOurs(context)) {
      super.setupJob(context);
    }
  }

  @Override
  public void setupTask(TaskAttemptContext context) {
    if (isOurs(context)) {
      files = new ArrayList<>();
    } else {
      super.setupTask(context);
    }
  }

  @Override
  public String newTaskTempFile(
      TaskAttemptContext context, Option<String> directory, FileNameSpec name) {
    if (!isOurs(context)) {
      return super.newTaskTempFile(context, directory, name);
    }
    Path file =
        new Path(
            folder,
            String.format(
                Locale.ROOT,
                "part-%05d-%s%s",
                context.getTaskAttemptID().getTaskID().getId(),
                UUID.randomUUID(),
                name.suffix()));
    files.add(file);
    return file.toString();
  }

  @Override
  public TaskCommitMessage commitTask(TaskAttemptContext context) {
    if (!isOurs(context)) {
      return super.commitTask(context);
    }
    try {
      List<String> columns =
          JSON.readValue(
              context.getConfiguration().get(COLUMNS), new TypeReference<List<String>>() {});
      FileStatistics statistics = new FileStatistics(context.getConfiguration(), columns);
      List<NewFile> written = new ArrayList<>();
      for (Path file : files) {
        written.add(statistics.read(file));
      }
      return message(written);
    } catch (IOException e) {
      throw new UncheckedIOException("reading what was written to " + folder, e);
    }
  }

  @Override
  public void abortTask(TaskAttemptContext context) {
    if (!isOurs(context)) {
      super.abortTask(context);
      return;
    }
    for (Path file : files) {
      try {
        file.getFileSystem(context.getConfiguration()).delete(file, false);
      } catch (IOException e) {
        // It does not count, so nothing is wrong but the room that it takes.
      }
    }
  }

  @Override
  public void commitJob(JobContext context, Seq<TaskCommitMessage> messages) {
    if (!isOurs(context)) {
      super.commitJob(context, messages);
      return;
    }
    List<NewFile> all = new ArrayList<>();
    for (TaskCommitMessage message : JavaConverters.seqAsJavaList(messages)) {
      all.addAll(files(message));
    }
    WRITTEN.put(new Path(folder), all);
  }

  /** Whoever began the folder deletes it. */
  @Override
  public void abortJob(JobContext context) {
    if (!isOurs(context)) {
      super.abortJob(context);
    }
  }
}
