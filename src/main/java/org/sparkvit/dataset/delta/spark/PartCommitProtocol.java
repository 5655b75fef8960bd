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
import org.sparkvit.dataset.delta.FileStatistics;
import org.sparkvit.dataset.delta.NewFile;
import scala.Option;

/**
 * Lets the tasks of a write agree on which files count. Each attempt of a task writes files with
 * unique names to their final place, and reports them to the driver with the statistics of their
 * footers. Spark passes on the report of one attempt of each task. By itself Spark would move each
 * file twice, which on S3 is a copy, and list the folder.
 *
 * <p>Only writes of {@link PartWriter} work so. For any other write, such as an export, this is
 * Spark's own protocol.
 */
public final class PartCommitProtocol extends JavaCommitProtocol {
  /**
   * The option of a write that lists the columns whose statistics are wanted, in the form of {@link
   * #text}.
   */
  static final String COLUMNS = "sparkvit.part.columns";

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The files that were written, by folder, until they are forgotten. It is used on the driver
   * only.
   */
  private static final Map<Path, List<NewFile>> WRITTEN = new ConcurrentHashMap<>();

  private final String folder;

  /** The files of this attempt of a task. */
  private transient List<Path> files;

  /** Creates a protocol. Spark calls this constructor by reflection. */
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
   * @throws IllegalStateException when no write by this protocol has gone there
   */
  static List<NewFile> written(Path folder) {
    List<NewFile> written = WRITTEN.get(folder);
    // Even a write without rows makes a file in its first task, so there is always at least one
    // file.
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
   * Forgets what {@link #written} returns for a folder, also for a write that failed after its
   * commit.
   */
  static void forget(Path folder) {
    WRITTEN.remove(folder);
  }

  /**
   * Returns a message with the files as bytes. Kryo, which a session may use for the results of
   * tasks, cannot serialize records.
   */
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
        // The file does not count, so it only takes up room.
      }
    }
  }

  @Override
  boolean commits(JobContext context) {
    return isOurs(context);
  }

  @Override
  void commit(List<TaskCommitMessage> messages) {
    List<NewFile> all = new ArrayList<>();
    for (TaskCommitMessage message : messages) {
      all.addAll(files(message));
    }
    WRITTEN.put(new Path(folder), all);
  }

  /** Deletes nothing. The code that began the folder deletes it. */
  @Override
  public void abortJob(JobContext context) {
    if (!isOurs(context)) {
      super.abortJob(context);
    }
  }
}
