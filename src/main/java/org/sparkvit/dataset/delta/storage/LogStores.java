package org.sparkvit.dataset.delta.storage;

import io.delta.storage.LogStore;
import io.delta.storage.S3SingleDriverLogStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.sparkvit.core.UserException;

/**
 * Chooses the log store of each file system.
 *
 * <p>Kernel finds it by a setting of Hadoop that names a class. In the cluster jar Kernel and its
 * stores have other names, and so has the setting. This class accepts the names of Kernel's
 * documentation and stores for Delta's other tools.
 */
public final class LogStores {
  /**
   * The setting of Hadoop, or of Spark with the prefix {@code spark.hadoop.}, that chooses the
   * store for s3, s3a and s3n.
   */
  public static final String SETTING = "sparkvit.delta.logStore.s3";

  /**
   * The value of the setting for entries that are created by a PUT which the store refuses when the
   * entry exists.
   */
  public static final String CONDITIONAL_PUT = "conditional-put";

  /** The value of the setting for Delta's own store, which is safe for one driver at a time. */
  public static final String SINGLE_DRIVER = "single-driver";

  /**
   * Delta's package under its public name. It is assembled from parts, as building the cluster jar
   * would rename a whole one.
   */
  private static final String DELTA = String.join(".", "io", "delta", "");

  static final String DYNAMO_DB = DELTA + "storage.S3DynamoDBLogStore";

  /** The prefix of Kernel's setting as its documentation has it; the scheme follows. */
  private static final String DOCUMENTED = DELTA + "kernel.logStore.";

  private static final String IMPL = ".impl";

  private LogStores() {}

  /**
   * Returns a copy of Hadoop's settings by which Kernel finds its stores. {@code
   * io.delta.kernel.logStore.SCHEME.impl} takes precedence over {@link #SETTING}, which takes
   * precedence over the default.
   *
   * @throws UserException when a class does not exist or is no log store
   */
  public static Configuration configure(Configuration hadoop) {
    Configuration configured = new Configuration(hadoop);
    String ours = configured.getTrimmed(SETTING, CONDITIONAL_PUT);
    Map<String, String> classes = new TreeMap<>();
    for (String scheme : List.of("s3", "s3a", "s3n")) {
      classes.put(scheme, byOurSetting(scheme, ours, configured));
    }
    classes.put("file", LocalLogStore.class.getName());
    hadoop
        .getPropsWithPrefix(DOCUMENTED)
        .forEach(
            (key, value) -> {
              if (key.endsWith(IMPL)) {
                String scheme = key.substring(0, key.length() - IMPL.length());
                classes.put(scheme, named(scheme, DOCUMENTED + key, value.strip(), "", configured));
              }
            });
    classes.forEach(
        (scheme, type) -> {
          configured.set(kernelsPrefix() + scheme + IMPL, type);
          configured.set(DOCUMENTED + scheme + IMPL, type);
        });
    return configured;
  }

  private static String byOurSetting(String scheme, String value, Configuration configured) {
    return switch (value) {
      case CONDITIONAL_PUT -> ConditionalPutLogStore.class.getName();
      case SINGLE_DRIVER -> S3SingleDriverLogStore.class.getName();
      default ->
          named(
              scheme, SETTING, value, CONDITIONAL_PUT + ", " + SINGLE_DRIVER + " or ", configured);
    };
  }

  /** Returns the prefix of Kernel's package in this jar, which the cluster jar renames. */
  private static String kernelsPrefix() {
    String storage = LogStore.class.getPackageName();
    return storage.substring(0, storage.length() - "storage".length()) + "kernel.logStore.";
  }

  /**
   * Returns the class to use for a named store: this jar's copy of a store of Delta's, else the
   * class itself, else a bridge to it.
   */
  private static String named(
      String scheme, String setting, String name, String others, Configuration configured) {
    if (name.startsWith(DELTA)) {
      String storage = LogStore.class.getPackageName();
      String copy = storage + name.substring((DELTA + "storage").length());
      if (name.startsWith(DELTA + "storage.") && isStore(load(copy))) {
        return copy;
      }
    }
    Class<?> type = load(name);
    if (isStore(type)) {
      return name;
    }
    if (type != null && ForeignLogStore.bridges(type)) {
      configured.set(ForeignLogStore.CLASS + scheme, name);
      return ForeignLogStore.class.getName();
    }
    throw new UserException(
        setting
            + " is '"
            + name
            + "', which "
            + (type == null ? "is no class on the class path" : "is no log store of Delta's")
            + "; use "
            + others
            + "the class of a log store ("
            + DYNAMO_DB
            + " is in a jar of its own, io.delta:delta-storage-s3-dynamodb, to be added together"
            + " with delta-storage)");
  }

  private static boolean isStore(Class<?> type) {
    return type != null && LogStore.class.isAssignableFrom(type);
  }

  /** Loads a class from wherever spark-submit put its jar, or returns null if there is none. */
  static Class<?> load(String name) {
    for (ClassLoader loader :
        new ClassLoader[] {
          LogStores.class.getClassLoader(), Thread.currentThread().getContextClassLoader()
        }) {
      try {
        return Class.forName(name, false, loader);
      } catch (ClassNotFoundException | LinkageError e) {
        // The next one may know it.
      }
    }
    return null;
  }
}
