package org.sparkvit.dataset.delta.storage;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * A bridge to a log store for Delta's other tools, such as the one that locks in DynamoDB. Such a
 * store extends Delta's class, which has another name in the cluster jar. Its methods use only
 * types of Java and Hadoop, so that they can be called by name.
 */
public final class ForeignLogStore extends LogStore {
  /** The prefix of the setting that names the class behind the bridge; the scheme follows. */
  static final String CLASS = "sparkvit.delta.logStore.foreign.";

  private static final List<String> METHODS =
      List.of("read", "write", "listFrom", "resolvePathOnPhysicalStorage", "isPartialWriteVisible");

  /**
   * The foreign stores by class. Kernel creates a log store for each of its calls, and a foreign
   * store may hold connections.
   */
  private static final Map<Class<?>, Object> STORES = new ConcurrentHashMap<>();

  public ForeignLogStore(Configuration hadoop) {
    super(hadoop);
  }

  /** Returns whether a class looks like a log store. */
  static boolean bridges(Class<?> type) {
    return METHODS.stream()
        .allMatch(
            name ->
                Arrays.stream(type.getMethods()).anyMatch(method -> method.getName().equals(name)));
  }

  @Override
  public CloseableIterator<String> read(Path path, Configuration hadoop) throws IOException {
    Object lines = call("read", path, hadoop);
    Iterator<?> iterator = (Iterator<?>) lines;
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public String next() {
        return (String) iterator.next();
      }

      @Override
      public void close() throws IOException {
        ((Closeable) lines).close();
      }
    };
  }

  @Override
  public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop)
      throws IOException {
    call("write", path, actions, overwrite, hadoop);
  }

  @Override
  public Iterator<FileStatus> listFrom(Path path, Configuration hadoop) throws IOException {
    Iterator<?> files = (Iterator<?>) call("listFrom", path, hadoop);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public FileStatus next() {
        return (FileStatus) files.next();
      }
    };
  }

  @Override
  public Path resolvePathOnPhysicalStorage(Path path, Configuration hadoop) throws IOException {
    return (Path) call("resolvePathOnPhysicalStorage", path, hadoop);
  }

  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration hadoop) throws IOException {
    return (Boolean) call("isPartialWriteVisible", path, hadoop);
  }

  /**
   * Calls a method of the foreign store by its name. The first argument is always the path, whose
   * scheme selects the store.
   */
  private Object call(String name, Path path, Object... more) throws IOException {
    Object store = store(path);
    Object[] arguments = new Object[more.length + 1];
    arguments[0] = path;
    System.arraycopy(more, 0, arguments, 1, more.length);
    try {
      for (Method method : store.getClass().getMethods()) {
        if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
          return method.invoke(store, arguments);
        }
      }
      throw new NoSuchMethodException(name);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new UserException(store.getClass().getName() + " is no log store: " + e, e);
    }
  }

  private Object store(Path path) {
    String name = initHadoopConf().get(CLASS + path.toUri().getScheme());
    Class<?> type = LogStores.load(name);
    return STORES.computeIfAbsent(type, this::make);
  }

  private Object make(Class<?> type) {
    try {
      return type.getConstructor(Configuration.class).newInstance(initHadoopConf());
    } catch (ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      throw new UserException(type.getName() + " could not be made: " + cause, cause);
    }
  }
}
