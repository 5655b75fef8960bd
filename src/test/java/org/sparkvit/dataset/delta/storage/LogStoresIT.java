package org.sparkvit.dataset.delta.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.HDFSLogStore;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkvit.BuildFolder;
import org.sparkvit.S3Server;

/**
 * Settings of log stores in the cluster jar, where Delta's classes, and the settings that Kernel
 * asks for, have names of our own. Spark's libraries are beside it, and no other Delta.
 */
class LogStoresIT {
  private static final String OURS = "org.sparkvit.dataset.delta.storage.";
  private static final String SHADED = "org.sparkvit.shaded.delta.storage.";

  /** One that is made for Delta as others know it. */
  public static final class Theirs extends HDFSLogStore {
    public Theirs(Configuration hadoop) {
      super(hadoop);
    }
  }

  private final Map<String, String> settings = new TreeMap<>();
  private final List<URL> urls = new ArrayList<>();
  private ClassLoader before;

  @BeforeEach
  void clusterJar() throws Exception {
    before = Thread.currentThread().getContextClassLoader();
    try (Stream<Path> files = Files.list(BuildFolder.path())) {
      urls.add(
          files
              .filter(file -> file.getFileName().toString().matches("spark-vit-.*-cluster\\.jar"))
              .findFirst()
              .orElseThrow()
              .toUri()
              .toURL());
    }
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar") && !entry.contains("delta-")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** Puts the classes of a type's jar or folder beside the cluster jar. */
  private void add(Class<?> type) {
    urls.add(type.getProtectionDomain().getCodeSource().getLocation());
  }

  /** Does something with what Kernel finds for s3a with the settings, in the cluster jar. */
  private void with(Use use) throws Exception {
    // Not closed: what Hadoop does when this JVM ends needs its classes.
    ClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Class<?> type = loader.loadClass(Configuration.class.getName());
    Object hadoop = type.getConstructor().newInstance();
    Method set = type.getMethod("set", String.class, String.class);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      set.invoke(hadoop, setting.getKey(), setting.getValue());
    }
    Object configured =
        loader.loadClass(OURS + "LogStores").getMethod("configure", type).invoke(null, hadoop);
    Object store =
        loader
            .loadClass(
                "org.sparkvit.shaded.delta.kernel.defaults.internal.logstore.LogStoreProvider")
            .getMethod("getLogStore", type, String.class)
            .invoke(null, configured, "s3a");
    use.of(store, configured);
  }

  /** What is done with a store. */
  private interface Use {
    void of(Object store, Object configuration) throws Exception;
  }

  private String storeWith(String key, String value) throws Exception {
    settings.put(key, value);
    String[] name = new String[1];
    try {
      with((store, configuration) -> name[0] = store.getClass().getName());
    } finally {
      settings.remove(key);
    }
    return name[0];
  }

  @Test
  void settingsAreThoseOfTheDocumentation() throws Exception {
    assertThat(storeWith("x", "y")).isEqualTo(OURS + "ConditionalPutLogStore");
    assertThat(storeWith("sparkvit.delta.logStore.s3", "single-driver"))
        .isEqualTo(SHADED + "S3SingleDriverLogStore");
    for (String key : List.of("sparkvit.delta.logStore.s3", "io.delta.kernel.logStore.s3a.impl")) {
      assertThat(storeWith(key, "io.delta.storage.GCSLogStore")).isEqualTo(SHADED + "GCSLogStore");
      assertThatThrownBy(() -> storeWith(key, "io.delta.storage.S3DynamoDBLogStore"))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .hasMessageStartingWith(
              key
                  + " is 'io.delta.storage.S3DynamoDBLogStore', which is no class on the class"
                  + " path; use ")
          .hasMessageContaining(
              "(io.delta.storage.S3DynamoDBLogStore is in a jar of its own,"
                  + " io.delta:delta-storage-s3-dynamodb, to be added together with"
                  + " delta-storage)");
    }
  }

  @Test
  void aStoreForDeltaAsOthersKnowItIsBridged() throws Exception {
    add(HDFSLogStore.class);
    add(Theirs.class);
    assertThat(storeWith("sparkvit.delta.logStore.s3", Theirs.class.getName()))
        .isEqualTo(OURS + "ForeignLogStore");
    assertThat(storeWith("io.delta.kernel.logStore.s3a.impl", Theirs.class.getName()))
        .isEqualTo(OURS + "ForeignLogStore");
  }

  @Test
  void anEntryOnS3IsMadeOnce() throws Exception {
    try (S3Server s3 = S3Server.start()) {
      s3.createBucket("shaded");
      Configuration hadoop = new Configuration(false);
      s3.configure(hadoop);
      hadoop.forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
      with(
          (store, configuration) -> {
            Class<?> path =
                store.getClass().getClassLoader().loadClass("org.apache.hadoop.fs.Path");
            Object entry =
                path.getConstructor(String.class)
                    .newInstance("s3a://shaded/table/_delta_log/00000000000000000000.json");
            Method write =
                store
                    .getClass()
                    .getMethod(
                        "write", path, Iterator.class, Boolean.class, configuration.getClass());
            write.invoke(store, entry, List.of("{}").iterator(), false, configuration);
            assertThatThrownBy(
                    () ->
                        write.invoke(store, entry, List.of("{1}").iterator(), false, configuration))
                .cause()
                .isInstanceOf(FileAlreadyExistsException.class);
          });
      assertThat(s3.keys("shaded", "table/_delta_log/00")).hasSize(1);
      assertThat(s3.requests("PUT")).as("two of the probe").isEqualTo(4);
    }
  }
}
