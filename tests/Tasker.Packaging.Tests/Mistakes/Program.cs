Console.WriteLine("This program is full of mistakes.");
