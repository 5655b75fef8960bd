package org.sparkvit.dataset.delta.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.defaults.internal.logstore.LogStoreProvider;
import io.delta.storage.AzureLogStore;
import io.delta.storage.GCSLogStore;
import io.delta.storage.LogStore;
import io.delta.storage.S3SingleDriverLogStore;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class LogStoresTest {
  private final Configuration hadoop = new Configuration();

  /** As Kernel finds it. */
  private LogStore store(String scheme) {
    return LogStoreProvider.getLogStore(LogStores.configure(hadoop), scheme);
  }

  @Test
  void s3CommitsByAConditionalPut() {
    for (String scheme : List.of("s3", "s3a", "s3n", "S3A")) {
      assertThat(store(scheme)).isExactlyInstanceOf(ConditionalPutLogStore.class);
    }
    assertThat(store("abfss")).isInstanceOf(AzureLogStore.class);
    assertThat(hadoop.get("io.delta.kernel.logStore.s3a.impl")).as("the caller's").isNull();
  }

  @Test
  void ourSettingChooses() {
    hadoop.set(LogStores.SETTING, "single-driver");
    assertThat(store("s3a")).isExactlyInstanceOf(S3SingleDriverLogStore.class);
    hadoop.set(LogStores.SETTING, "io.delta.storage.GCSLogStore");
    assertThat(store("s3a")).isExactlyInstanceOf(GCSLogStore.class);
    hadoop.set(LogStores.SETTING, "conditional-put");
    assertThat(store("s3a")).isExactlyInstanceOf(ConditionalPutLogStore.class);
  }

  @Test
  void kernelsSettingGoesFirst() {
    hadoop.set(LogStores.SETTING, "single-driver");
    hadoop.set("io.delta.kernel.logStore.s3a.impl", "io.delta.storage.GCSLogStore");
    hadoop.set("io.delta.kernel.logStore.hdfs.impl", "io.delta.storage.AzureLogStore");
    assertThat(store("s3a")).isExactlyInstanceOf(GCSLogStore.class);
    assertThat(store("s3")).isExactlyInstanceOf(S3SingleDriverLogStore.class);
    assertThat(store("hdfs")).isExactlyInstanceOf(AzureLogStore.class);
  }

  @Test
  void aClassThatIsNotThereIsSaid() {
    hadoop.set(LogStores.SETTING, "io.delta.storage.S3DynamoDBLogStore");
    assertThatThrownBy(() -> LogStores.configure(hadoop))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sparkvit.delta.logStore.s3 is 'io.delta.storage.S3DynamoDBLogStore', which is no class"
                + " on the class path; use conditional-put, single-driver or the class of a log"
                + " store (io.delta.storage.S3DynamoDBLogStore is in a jar of its own,"
                + " io.delta:delta-storage-s3-dynamodb, to be added together with delta-storage)");
    hadoop.set(LogStores.SETTING, "conditional-put");
    hadoop.set("io.delta.kernel.logStore.s3a.impl", "java.lang.String");
    assertThatThrownBy(() -> LogStores.configure(hadoop))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "io.delta.kernel.logStore.s3a.impl is 'java.lang.String', which is no log store of"
                + " Delta's; use the class");
  }

  /** Has the methods of Delta's class, and does not extend it: so is one for another Delta here. */
  public static final class OfAnotherDelta {
    private static final List<Configuration> MADE = new ArrayList<>();

    public OfAnotherDelta(Configuration hadoop) {
      MADE.add(hadoop);
    }

    /** As Delta's, which closes. */
    public static final class Lines implements Iterator<String>, Closeable {
      private static final AtomicInteger CLOSED = new AtomicInteger();

      private final Iterator<String> lines = List.of("line").iterator();

      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public String next() {
        return lines.next();
      }

      @Override
      public void close() {
        CLOSED.incrementAndGet();
      }
    }

    public Lines read(Path path, Configuration hadoop) {
      return new Lines();
    }

    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop)
        throws IOException {
      if (overwrite) {
        throw new java.nio.file.FileAlreadyExistsException(actions.next());
      }
      throw new IllegalStateException(path.getName());
    }

    public Iterator<FileStatus> listFrom(Path path, Configuration hadoop) throws IOException {
      if (path.getName().equals("none")) {
        throw new FileNotFoundException(path.toString());
      }
      return List.of(new FileStatus(1, false, 1, 1, 1, path)).iterator();
    }

    public Path resolvePathOnPhysicalStorage(Path path, Configuration hadoop) {
      return new Path(path, "resolved");
    }

    public Boolean isPartialWriteVisible(Path path, Configuration hadoop) {
      return true;
    }
  }

  @Test
  void aStoreForAnotherDeltaIsBridged() throws IOException {
    hadoop.set(LogStores.SETTING, OfAnotherDelta.class.getName());
    LogStore store = store("s3a");
    assertThat(store).isExactlyInstanceOf(ForeignLogStore.class);
    Path path = new Path("s3a://bucket/entry");
    List<String> lines = new ArrayList<>();
    try (var read = store.read(path, hadoop)) {
      read.forEachRemaining(lines::add);
    }
    assertThat(OfAnotherDelta.Lines.CLOSED).hasValue(1);
    assertThat(lines).containsExactly("line");
    assertThat(store.resolvePathOnPhysicalStorage(path, hadoop))
        .isEqualTo(new Path(path, "resolved"));
    assertThat(store.isPartialWriteVisible(path, hadoop)).isTrue();
    assertThatThrownBy(() -> store.write(path, List.of("x").iterator(), true, hadoop))
        .isInstanceOf(java.nio.file.FileAlreadyExistsException.class)
        .hasMessage("x");
    assertThatThrownBy(() -> store.write(path, List.of("x").iterator(), false, hadoop))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("entry");
    assertThat(store.listFrom(path, hadoop)).toIterable().hasSize(1);
    assertThatThrownBy(() -> store.listFrom(new Path("s3a://bucket/none"), hadoop))
        .isInstanceOf(FileNotFoundException.class);
    assertThat(OfAnotherDelta.MADE)
        .extracting(made -> made.get(LogStores.SETTING))
        .containsExactly(OfAnotherDelta.class.getName());
  }
}
