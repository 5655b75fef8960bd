package org.sparkvit.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.sparkvit.core.UserException;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Reads values of options from a properties file. A flag has precedence over the file, and the file
 * over the default. A key is the long name of an option without the dashes. A key that is no option
 * of the command is an error.
 */
final class ConfigFile implements IDefaultValueProvider {
  /**
   * The option that names the file. The arguments are searched for it before they are parsed, as
   * parsing needs the values.
   */
  static final String OPTION = "--config";

  private final Path file;
  private final Properties values = new Properties();
  private CommandSpec checked;

  private ConfigFile(Path file) {
    this.file = file;
  }

  /** Reads the file that {@code --config} names. Without that option there are no values. */
  static ConfigFile fromArguments(String... args) {
    Path file = null;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals(OPTION) && i + 1 < args.length) {
        file = Path.of(args[i + 1]);
      } else if (args[i].startsWith(OPTION + "=")) {
        file = Path.of(args[i].substring(OPTION.length() + 1));
      }
    }
    ConfigFile config = new ConfigFile(file);
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        config.values.load(reader);
      } catch (NoSuchFileException e) {
        throw new UserException(OPTION + " names '" + file + "', which does not exist", e);
      } catch (CharacterCodingException e) {
        throw new UserException(OPTION + " file '" + file + "' is not UTF-8; save it as that", e);
      } catch (IOException | IllegalArgumentException e) {
        throw new UserException(
            OPTION + " file '" + file + "' cannot be read: " + e.getMessage(), e);
      }
    }
    return config;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || !isStage(option.command())) {
      return null;
    }
    requireKnownKeys(option.command());
    String value = values.getProperty(key(option.longestName()));
    return value == null ? null : value.strip();
  }

  private static boolean isStage(CommandSpec command) {
    return command.userObject() instanceof SparkCommand;
  }

  private void requireKnownKeys(CommandSpec command) {
    if (command == checked) {
      return;
    }
    Set<String> known = new TreeSet<>();
    for (OptionSpec option : command.options()) {
      known.add(key(option.longestName()));
    }
    for (String key : values.stringPropertyNames()) {
      if (!known.contains(key)) {
        throw new UserException(
            "'"
                + file
                + "' sets '"
                + key
                + "', which "
                + command.name()
                + " has no option for; it knows "
                + known);
      }
    }
    checked = command;
  }

  private static String key(String optionName) {
    return optionName.replaceFirst("^-+", "");
  }
}
