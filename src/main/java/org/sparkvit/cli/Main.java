package org.sparkvit.cli;

import java.util.List;
import org.apache.spark.SparkUserAppException;
import org.sparkvit.core.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The entry point of every job, under {@code spark-submit}, as a Databricks JAR task, or from a
 * shell.
 *
 * <p>It returns when the job succeeded and throws when it did not, so that the platform sees the
 * outcome. It never ends the JVM itself. A {@link UserException} shows as one line.
 */
@Command(
    name = "spark-vit",
    description = {
      "Finds out what is in an image data set and what is wrong with it, splits and balances it,",
      "fine-tunes a Vision Transformer on it, labels images with that, and shows how good the"
          + " labels are."
    },
    footer = {
      "",
      "The stages meet in a workspace, a folder on disk or S3:",
      "  catalog -> (pack, audit, labels, gate, repair ->) split -> balance -> (tune ->) train or"
          + " (resample ->) probe -> score -> evaluate -> relabel -> report",
      "Start with 'spark-vit demo' (jobs/demo). 'spark-vit help COMMAND' or 'spark-vit COMMAND"
          + " --help' says more."
    },
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    subcommands = {DefaultsCommand.class, CommandLine.HelpCommand.class})
public final class Main {
  /** The flag that shows the help with the advanced options. */
  static final String HELP_ALL = "--help-all";

  private Main() {}

  /** Runs one command. The class comment says how it ends. */
  public static void main(String[] args) {
    // A stack trace under "Unknown option" would bury the line that helps. Bugs keep their traces.
    Thread.currentThread().setUncaughtExceptionHandler(Main::report);
    try {
      run(args);
    } catch (MoreToDoException e) {
      System.err.println(e.getMessage());
      // Spark reads the exit code from this exception, and spark-submit and YARN end with it.
      Main.<RuntimeException>throwAsIs(new SparkUserAppException(MoreToDoException.EXIT_CODE));
    }
  }

  /**
   * Throws an exception that may be checked, without every caller having to declare it. Spark looks
   * for a checked one.
   */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void throwAsIs(Throwable exception) throws E {
    throw (E) exception;
  }

  /** Runs one command as {@link #main} does, for tests and for programs that embed a job. */
  static void run(String... args) {
    PlatformCheck.require();
    requireLetters(args);
    CommandLine main = commandLine(List.of(args).contains(HELP_ALL));
    main.setDefaultValueProvider(ConfigFile.fromArguments(args));
    try {
      ParseResult parsed = main.parseArgs(args);
      if (CommandLine.executeHelpRequest(parsed) != null) {
        return;
      }
      if (List.of(args).contains(HELP_ALL)) {
        parsed.subcommand().commandSpec().commandLine().usage(System.out);
        return;
      }
      if (!parsed.hasSubcommand()) {
        main.usage(System.out);
        return;
      }
      new CommandLine.RunLast().execute(parsed);
    } catch (ParameterException e) {
      // The exception for a mistake in the file of values is wrapped in one about the arguments.
      UserException mistake = mistakeIn(e);
      throw mistake == null ? new UserException(describe(e)) : mistake;
    } catch (ExecutionException e) {
      UserException mistake = mistakeIn(e);
      if (mistake != null) {
        throw mistake;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Checks that all letters of the arguments have arrived. In the locale C a JVM gets a replacement
   * character for each letter beyond ASCII, and the argument then names something else.
   */
  private static void requireLetters(String[] args) {
    for (String argument : args) {
      if (argument.indexOf('\uFFFD') >= 0) {
        throw new UserException(
            "argument '"
                + argument
                + "' has letters that are lost where this process runs ("
                + System.getProperty("sun.jnu.encoding")
                + "); set LC_ALL=C.UTF-8, or rename what it names to UTF-8");
      }
    }
  }

  /**
   * Returns the first {@link UserException} among an exception and its causes, or null where there
   * is none. Spark wraps what its executors throw.
   */
  private static UserException mistakeIn(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException mistake) {
        return mistake;
      }
    }
    return null;
  }

  /** Returns all commands with all of their options, without values from a file. */
  static CommandLine commandLine() {
    return commandLine(true);
  }

  private static CommandLine commandLine(boolean showAll) {
    CommandLine main = new CommandLine(new Main());
    main.addSubcommand("demo", DemoCommand.of(showAll));
    main.addSubcommand("run", RunCommand.of(showAll));
    Stages.ALL.forEach(stage -> main.addSubcommand(stage.name(), StageCommand.of(stage, showAll)));
    main.getSubcommands().values().stream()
        .filter(command -> command.getCommand() instanceof SparkCommand)
        .forEach(command -> CommandHelp.arrange(command, showAll));
    main.setUsageHelpAutoWidth(true);
    CommandGroups.show(main);
    return main;
  }

  private static String describe(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        hint = "; did you mean " + String.join(" or ", suggestions) + "?";
      }
    }
    return e.getMessage() + hint + " ('" + command + " --help' lists what there is)";
  }

  private static void report(Thread thread, Throwable error) {
    if (error instanceof SparkUserAppException) {
      return; // its message has been printed already
    }
    if (error instanceof UserException) {
      System.err.println("error: " + error.getMessage());
    } else {
      System.err.println("spark-vit failed:");
      error.printStackTrace();
    }
  }

  /** Returns the version from the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"spark-vit " + (version == null ? "(development)" : version)};
    }
  }
}
